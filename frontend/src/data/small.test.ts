import { describe, expect, it } from "vitest";

import { axisEnd, axisMap, growing } from "./axis";
import { Curve } from "./curve";
import { edges, histogramOf, shares, span } from "./histogram";
import { Ring } from "./latency";
import { median, typicalUnit } from "./percentiles";
import { Smoothed } from "./smooth";
import { VectorSeries } from "./vectors";

describe("axis", () => {
  const elapsed = new Curve();
  elapsed.push(10, 1, 1, 1);
  elapsed.push(30, 4, 3, 5);

  it("maps steps to epochs and seconds and back", () => {
    const epoch = axisMap("epoch", 20, elapsed);
    expect([epoch.of(30), epoch.stepAt(1.5)]).toEqual([1.5, 30]);
    const seconds = axisMap("seconds", 20, elapsed);
    expect([0, 5, 10, 20, 30, 40].map((step) => seconds.of(step))).toEqual([0, 0.5, 1, 3, 5, 7]);
    expect([0, 0.5, 1, 3, 5].map((x) => seconds.stepAt(x))).toEqual([0, 5, 10, 20, 30]);
  });

  it("ends where the run ends; in seconds it grows by jumps", () => {
    expect(axisEnd(axisMap("step", 1, elapsed), 4000, 30, false, 0)).toBe(4000);
    const seconds = axisMap("seconds", 1, elapsed);
    const end = axisEnd(seconds, 60, 30, false, 0);
    expect(end).toBeCloseTo(11);
    expect(axisEnd(seconds, 60, 30, false, end)).toBe(end);
    expect(axisEnd(seconds, 60, 30, true, end)).toBe(5);
  });

  it("starts a long run with a part of the axis that doubles", () => {
    expect([0, 100, 500, 900, 3000].map((last) => growing(6400, last))).toEqual([100, 200, 800, 1600, 6400]);
    expect([0, 500, 950].map((last) => growing(1_024_000, last))).toEqual([1000, 1000, 2000]);
  });
});

describe("histograms", () => {
  it("come on common bins without losing anything", () => {
    const a = histogramOf(Float32Array.from([0, 4, 1, 1, 1, 1]))!;
    const b = histogramOf(Float32Array.from([2, 3, 8]))!;
    expect(span([a, b])).toEqual([0, 4]);
    expect(Array.from(shares(a, 0, 4, 2))).toEqual([0.5, 0.5]);
    const wide = shares(b, 0, 4, 8);
    expect(Array.from(wide)).toEqual([0, 0, 0, 0, 0.5, 0.5, 0, 0]);
    expect(Array.from(edges(0, 4, 4))).toEqual([0, 1, 2, 3, 4]);
  });

  it("is none where no value was finite", () => {
    expect(histogramOf(Float32Array.from([NaN, NaN, 0]))).toBeNull();
    expect(span([])).toBeNull();
  });
});

describe("units", () => {
  it("chooses the unit whose band is as wide as the median one's", () => {
    expect(typicalUnit([0, 0, 0, 0, 0], [9, 1, 5, 3, 7])).toBe(2);
    expect(typicalUnit([0, NaN, 0], [3, 4, 1])).toBe(2);
    expect(typicalUnit([], [])).toBe(0);
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, NaN]);
  });
});

describe("VectorSeries", () => {
  it("stays in order whatever comes first, and takes nothing twice", () => {
    const series = new VectorSeries();
    for (const step of [20, 40, 10, 40, 30]) series.put(step, Float32Array.of(step));
    expect(series.steps).toEqual([10, 20, 30, 40]);
    expect([5, 10, 35, 99].map((step) => series.at(step)?.[0])).toEqual([10, 10, 30, 40]);
    expect(series.generation).toBe(2);
    expect(new VectorSeries().at(1)).toBeNull();
  });
});

describe("Smoothed", () => {
  it("passes over what is not finite and starts at the first value", () => {
    const raw = new Curve();
    for (const [i, value] of [4, NaN, 4].entries()) raw.push(i + 1, value, value, value);
    const smoothed = new Smoothed();
    const curve = smoothed.update(raw, 0.9);
    expect(curve.value[0]).toBeCloseTo(4);
    expect(curve.value[1]).toBeNaN();
    expect(curve.value[2]).toBeCloseTo(4);
    expect(smoothed.peek(4)).toBeCloseTo(4);
    expect(smoothed.update(raw, 0)).toBe(raw);
  });
});

describe("Ring", () => {
  it("keeps the last ones and their quantiles", () => {
    const ring = new Ring(4);
    expect([ring.last, ring.quantile(0.5)]).toEqual([NaN, NaN]);
    for (let i = 1; i <= 6; i++) ring.push(i);
    expect([ring.count, ring.last, ring.quantile(0), ring.quantile(1)]).toEqual([6, 6, 3, 6]);
    expect(ring.toArray().sort()).toEqual([3, 4, 5, 6]);
  });
});
