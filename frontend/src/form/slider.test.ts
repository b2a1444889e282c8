import { describe, expect, it } from "vitest";

import { sliderScale } from "./slider";

const log = { log: true };

describe("sliders", () => {
  it("reach from a ten-thousandth to ten-thousand times the default, within the bounds", () => {
    const node = { type: "number", integer: false, exclusiveMinimum: 0, maximum: 1000 } as const;
    expect(sliderScale(node, log, 0.1)).toMatchObject({ low: 1e-5, high: 1000, log: true, zero: false });
    expect(sliderScale({ ...node, maximum: 1 }, log, 1e-5)).toMatchObject({ low: 1e-9, high: 1 });
  });

  it("cover the bounds of whole numbers", () => {
    const node = { type: "number", integer: true, minimum: 1, maximum: 1_000_000 } as const;
    expect(sliderScale(node, log, 4000)).toEqual({ low: 1, high: 1_000_000, log: true, integer: true, zero: false });
  });

  it("have a place for zero where zero is allowed", () => {
    const node = { type: "number", integer: false, minimum: 0, maximum: 100 } as const;
    expect(sliderScale(node, log, 0.01)).toMatchObject({ low: 1e-6, zero: true });
  });

  it("are linear for shares, and absent where there are no bounds or no scale", () => {
    const share = { type: "number", integer: false, minimum: 0, exclusiveMaximum: 1 } as const;
    expect(sliderScale(share, { log: false }, 0)).toMatchObject({ low: 0, high: 0.99, log: false });
    expect(sliderScale({ type: "number", integer: true, minimum: 1 }, log, 4)).toBeNull();
    expect(sliderScale({ type: "number", integer: true, minimum: 1, maximum: 256 }, { log: false }, 4)).toBeNull();
  });
});
