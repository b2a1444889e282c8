import { describe, expect, it } from "vitest";

import { depthOf, expectedCosine } from "./depth";

describe("the gradient's way back", () => {
  it("is told in decades and as a factor per layer", () => {
    const lost = depthOf([1e-12, 1e-8, 1e-4, 1]);
    expect(lost!.decades).toBeCloseTo(-12);
    expect(lost!.growth).toBeCloseTo(1e-4);
    const grown = depthOf(Array.from({ length: 50 }, (_, layer) => 1.21 ** (49 - layer)));
    expect(grown!.growth).toBeCloseTo(1.21);
    expect(grown!.decades).toBeGreaterThan(4);
  });

  it("leaves out layers without a value, and needs two", () => {
    expect(depthOf([NaN, 0.01, 0.1, 1, NaN])!.growth).toBeCloseTo(0.1);
    expect(depthOf([1])).toBeNull();
    expect(depthOf([NaN, 1])).toBeNull();
    expect(depthOf([1, 0])).toBeNull();
  });

  it("says so where nothing is left", () => {
    expect(depthOf([0, 1])!.decades).toBe(-Infinity);
  });
});

describe("the expected cosine", () => {
  it("grows with the batch towards 1", () => {
    expect(expectedCosine(96, 32)).toBe(0.5);
    expect(expectedCosine(96, 1e9)).toBeCloseTo(1);
    expect(expectedCosine(0, 8)).toBe(1);
  });

  it("is not known where the noise scale is not: an estimate below 0, or none", () => {
    expect(expectedCosine(-3, 32)).toBeNaN();
    expect(expectedCosine(NaN, 32)).toBeNaN();
  });
});
