import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { VectorSeries } from "../../data/vectors";
import { SLICE, sliceRows, sliceSource } from "./figures";

it("looks where the worker looks", () => {
  const code = readFileSync(new URL("../../../../backend/normscope/core/statistics.py", import.meta.url), "utf8");
  const [, from, by, count] = /SLICE = tuple\(round\((\S+) \+ (\S+) \* index, 2\) for index in range\((\d+)\)\)/.exec(code)!.map(Number);
  expect(SLICE).toEqual(Array.from({ length: count! }, (_, i) => from! + by! * i));
});

it("the farthest step is on top of the map, the step back at its foot", () => {
  const series = new VectorSeries();
  series.put(10, Float32Array.from(SLICE));
  const source = sliceSource(series, "loss", "");
  expect([source.units, source.n, source.step(0)]).toEqual([21, 1, 10]);
  expect([source.value(0, 0), source.value(0, 20)]).toEqual([4, -1]);
  const change = sliceSource(series, "change", "");
  series.put(20, Float32Array.from(SLICE, (k) => 3 + k * k));
  expect([0, 16, 20].map((unit) => change.value(1, unit))).toEqual([16, 0, 1]);
  expect([sliceRows[0], sliceRows[12], sliceRows[20]]).toEqual(["4", "1", "−1"]);
});
