import { describe, expect, it } from "vitest";

import { Curve } from "./curve";
import { computeAxis, flopsAxis, leading, prefixOf, samplesAxis } from "./effort";

function seconds(...rows: [step: number, until: number][]): Curve {
  const curve = new Curve();
  for (const [step, until] of rows) curve.push(step, until * 0.9, 0, until);
  return curve;
}

describe("samples", () => {
  it("are a minibatch for each step where the rest of an epoch is dropped", () => {
    const axis = samplesAxis({ steps: 18, batch: 64, examples: 18 * 64 });
    expect([0, 1, 18, 40].map((step) => axis.of(step))).toEqual([0, 64, 1152, 2560]);
    expect([0, 1, 18, 40].map((step) => axis.stepAt(axis.of(step)))).toEqual([0, 1, 18, 40]);
  });

  it("count the smaller last minibatch of an epoch as it is", () => {
    const axis = samplesAxis({ steps: 3, batch: 40, examples: 100 });
    expect([1, 2, 3, 4, 6].map((step) => axis.of(step))).toEqual([40, 80, 100, 140, 200]);
    expect([40, 80, 90, 100, 140, 200].map((x) => axis.stepAt(x))).toEqual([1, 2, 2.5, 3, 4, 6]);
  });
});

describe("compute", () => {
  it("is what the replicate has spent at the end of the step", () => {
    const axis = computeAxis([seconds([10, 1], [30, 3])]);
    expect([0, 10, 20, 30].map((step) => axis.of(step))).toEqual([0, 1, 2, 3]);
    expect(axis.stepAt(2)).toBe(20);
  });

  it("is the mean over replicates, and back", () => {
    const axis = computeAxis([seconds([10, 1], [30, 3]), seconds([10, 3], [30, 9])]);
    expect([10, 20, 30, 60].map((step) => axis.of(step))).toEqual([2, 4, 6, 12]);
    for (const step of [0, 10, 25, 60]) expect(axis.stepAt(axis.of(step))).toBeCloseTo(step, 3);
  });

  it("has another key when a curve starts anew", () => {
    const curve = seconds([10, 1]);
    const before = computeAxis([curve]).key;
    curve.clear();
    expect(computeAxis([curve]).key).not.toBe(before);
  });
});

describe("operations", () => {
  it("come in multiples with an SI prefix", () => {
    expect(prefixOf(4.2e12)).toEqual({ prefix: "T", scale: 1e12 });
    expect(prefixOf(999e6).prefix).toBe("M");
    expect(prefixOf(1e9).prefix).toBe("G");
    expect(prefixOf(0).prefix).toBe("");
    const axis = flopsAxis(2e6, 1e9);
    expect([axis.of(1000), axis.stepAt(4)]).toEqual([2, 2000]);
  });
});

it("the arm that has spent most leads; the first of equals", () => {
  expect(leading([0, 2, 3], (arm) => [1, 9, 5, 5][arm]!)).toBe(2);
  expect(leading([], () => 1)).toBeNull();
});
