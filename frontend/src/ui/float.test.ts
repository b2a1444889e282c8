import { describe, expect, it } from "vitest";

import { place } from "./float";

const screen = { width: 400, height: 300 };

describe("place", () => {
  it("stands under its anchor", () => {
    const anchor = { left: 100, top: 50, width: 40, height: 20 };
    expect(place(anchor, { width: 120, height: 60 }, screen)).toEqual({ left: 100, top: 76 });
    expect(place(anchor, { width: 120, height: 60 }, screen, "centre")).toEqual({ left: 60, top: 76 });
  });

  it("goes above where there is no room below", () => {
    expect(place({ left: 10, top: 260, width: 40, height: 20 }, { width: 80, height: 60 }, screen).top).toBe(194);
  });

  it("stays on the screen at both sides", () => {
    expect(place({ left: 380, top: 10, width: 16, height: 16 }, { width: 120, height: 20 }, screen).left).toBe(272);
    expect(place({ left: 0, top: 10, width: 16, height: 16 }, { width: 120, height: 20 }, screen, "end").left).toBe(8);
  });
});
