import { expect, it } from "vitest";

import { axisMap } from "../../data/axis";
import { Curve } from "../../data/curve";
import { VectorSeries } from "../../data/vectors";
import { HeatColumns, vectorSource } from "./columns";

const time = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100 };

function shown(columns: HeatColumns): number[] {
  return Array.from({ length: columns.filled }, (_, column) => columns.at(column, 0));
}

it("a column holds the mean of its observations, or else what was observed last", () => {
  const series = new VectorSeries();
  const columns = new HeatColumns();
  for (const [step, value] of [[10, 1], [19, 3], [30, 7]] as const) series.put(step, Float32Array.of(value));
  expect(columns.update(vectorSource(series, 1), time, 10, 55)).toBe(0);
  expect(shown(columns)).toEqual([NaN, 2, 2, 7, 7, 7]);
});

it("what is observed at the very end of the axis is seen, the only observation too", () => {
  const series = new VectorSeries();
  series.put(100, Float32Array.of(4));
  const columns = new HeatColumns();
  columns.update(vectorSource(series, 1), time, 10, 100);
  expect(shown(columns)).toEqual([NaN, NaN, NaN, NaN, 4, 4, 4, 4, 4, 4]);
  const dense = new VectorSeries();
  for (const step of [85, 95, 100]) dense.put(step, Float32Array.of(step));
  const other = new HeatColumns();
  other.update(vectorSource(dense, 1), time, 10, 100);
  expect(shown(other).slice(-2)).toEqual([85, 97.5]);
  dense.put(101, Float32Array.of(7)); // out of view
  other.update(vectorSource(dense, 1), time, 10, 100);
  expect(shown(other).at(-1)).toBe(97.5);
});

it("observations that come after the steps behind them take their places", () => {
  const series = new VectorSeries();
  const columns = new HeatColumns();
  columns.update(vectorSource(series, 1), time, 10, 100);
  expect(shown(columns)).toEqual(Array.from({ length: 10 }, () => NaN));
  series.put(20, Float32Array.of(2));
  expect(columns.update(vectorSource(series, 1), time, 10, 100)).toBe(0);
  series.put(25, Float32Array.of(4));
  series.put(50, Float32Array.of(5));
  expect(columns.update(vectorSource(series, 1), time, 10, 100)).toBe(2);
  expect(shown(columns)).toEqual([NaN, NaN, 3, 3, 3, 5, 5, 5, 5, 5]);
  expect(columns.update(vectorSource(series, 1), time, 10, 100)).toBe(10);
});
