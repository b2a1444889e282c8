import { describe, expect, it } from "vitest";

import { axisMap } from "../../data/axis";
import { Curve } from "../../data/curve";
import { VectorSeries } from "../../data/vectors";
import { chosen, heightScale, ridgesOf } from "./layout";

const moments = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100 };

function observed(...steps: number[]): VectorSeries {
  const series = new VectorSeries();
  for (const step of steps) series.put(step, Float32Array.of(0, 4, step, 1, 1, 1));
  return series;
}

describe("ridges", () => {
  it("stand for the middles of equal parts of the time in view", () => {
    const series = observed(...Array.from({ length: 101 }, (_, step) => step));
    expect(chosen(series, moments, 4, 100).map((i) => series.steps[i])).toEqual([12, 37, 62, 87]);
  });

  it("a part without an observation has none, the future none, and none stands twice", () => {
    const series = observed(3, 55, 60);
    expect(chosen(series, moments, 4, 100).map((i) => series.steps[i])).toEqual([3, 60]);
    expect(chosen(series, moments, 4, 50).map((i) => series.steps[i])).toEqual([3]);
    expect(chosen(observed(), moments, 4, 100)).toEqual([]);
  });

  it("stay where they are while the run goes on", () => {
    const early = observed(...Array.from({ length: 41 }, (_, i) => i));
    const late = observed(...Array.from({ length: 90 }, (_, i) => i));
    expect(chosen(late, moments, 10, 89).slice(0, 4)).toEqual(chosen(early, moments, 10, 40).slice(0, 4));
  });

  it("are shares on common bins; a histogram without values is left out", () => {
    const series = observed(1);
    series.put(2, Float32Array.of(NaN, NaN, 0, 0));
    const [ridge, ...others] = ridgesOf(series, [0, 1], [0, 4], 2);
    expect([...ridge!.shares]).toEqual([0.5, 0.5]);
    expect(others).toEqual([]);
    expect(heightScale([ridge!]) * 0.5).toBeCloseTo(3.2);
    expect(heightScale([ridge!, { step: 2, shares: Float64Array.of(0.1, 0.9) }]) * 0.9).toBeCloseTo(3.2); // of few none is cut
    expect(heightScale([])).toBe(0);
  });
});
