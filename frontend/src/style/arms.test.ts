import { describe, expect, it } from "vitest";

import { armStyle, armStyles, slotStyle } from "./arms";

describe("arms", () => {
  it("gives no norm orange and BatchNorm blue in whatever order they stand", () => {
    expect(armStyles(["batch", "none"]).map((style) => style.variable)).toEqual(["--arm-2", "--arm-1"]);
  });

  it("keeps orange for no norm where two arms have the same norm", () => {
    const [before, after] = armStyles(["batch", "batch"]);
    expect(before!.slot).toBe(2);
    expect(after!.slot).toBe(6);
  });

  it("gives eight arms eight colours, eight markers and eight dashes or colours apart", () => {
    const styles = armStyles(Array<string>(8).fill("none"));
    expect(new Set(styles.map((style) => style.variable)).size).toBe(8);
    expect(new Set(styles.map((style) => style.marker)).size).toBe(8);
  });

  it("falls back to the index where the norms are not known", () => {
    expect(armStyle(1)).toEqual(slotStyle(2));
    expect(armStyle(0, ["layer"]).slot).toBe(3);
  });
});
