/** Histograms over time as ridges: which observations stand for which moments, and how high they rise. */

import type { AxisMap } from "../../data/axis";
import { type Histogram, histogramOf, shares } from "../../data/histogram";
import type { VectorSeries } from "../../data/vectors";

export interface Ridge {
  step: number;
  /** Share of all values in each bin. */
  shares: Float64Array;
}

export interface Moments {
  axis: AxisMap;
  x0: number;
  x1: number;
}

/**
 * Indices of the observations that stand for the middle of each of `count` equal parts of the time in view; parts without
 * an observation of their own before `until` are left out, and none is taken twice.
 */
export function chosen(series: Pick<VectorSeries, "n" | "steps" | "indexAt">, { axis, x0, x1 }: Moments, count: number, until: number): number[] {
  const found: number[] = [];
  for (let part = 0; part < count; part++) {
    const from = axis.stepAt(x0 + ((x1 - x0) * part) / count);
    const to = axis.stepAt(x0 + ((x1 - x0) * (part + 1)) / count);
    const last = series.indexAt(Math.min(until, to));
    const at = Math.max(series.indexAt((from + to) / 2), series.indexAt(from) + 1);
    const index = Math.min(last, at);
    if (index >= 0 && series.steps[index]! > from - 1e-9 && index > (found.at(-1) ?? -1)) found.push(index);
  }
  return found;
}

/** All ridges of one series on common bins. */
export function ridgesOf(series: VectorSeries, indices: readonly number[], [low, high]: readonly [number, number], bins: number): Ridge[] {
  return indices.flatMap((index): Ridge[] => {
    const histogram = histogramOf(series.rows[index]!);
    return histogram === null ? [] : [{ step: series.steps[index]!, shares: shares(histogram, low, high, bins) }];
  });
}

export function histogramsOf(series: VectorSeries, indices: readonly number[]): Histogram[] {
  return indices.map((index) => histogramOf(series.rows[index]!)).filter((one) => one !== null);
}

/** Ridges overlap by this many spacings at their highest. */
const OVERLAP = 3.2;

/** The share that is drawn `OVERLAP` spacings high: a narrow peak may be cut, so that the others are seen. */
export function heightScale(all: readonly Ridge[]): number {
  const peaks = all.map((ridge) => Math.max(...ridge.shares)).sort((a, b) => a - b);
  const top = peaks[Math.ceil((peaks.length - 1) * 0.9)] ?? 0;
  return top > 0 ? OVERLAP / top : 0;
}
export const TALLEST = OVERLAP * 1.25;
