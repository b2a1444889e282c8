import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { expected, NOISE_BATCHES } from "./figures";

it("batch sizes are those that the worker measures, evenly in their logarithm", () => {
  const code = readFileSync(new URL("../../../../backend/normscope/core/statistics.py", import.meta.url), "utf8");
  const found = /NOISE_BATCHES = \(([^)]*)\)/.exec(code)![1]!.split(",").map(Number);
  expect([...NOISE_BATCHES]).toEqual(found);
  const ratios = NOISE_BATCHES.slice(1).map((size, i) => size / NOISE_BATCHES[i]!);
  expect(new Set(ratios).size).toBe(1);
});

it("the expected curve goes through its values at the batch sizes; there is none without a noise scale", () => {
  const [curve] = expected(96);
  const at = (place: number): number => curve!.y[Array.from(curve!.x).indexOf(place)]!;
  expect(at(2)).toBeCloseTo(0.5);
  expect(at(0)).toBeCloseTo(1 / 7);
  expect(expected(-1)).toEqual([]);
  expect(expected(NaN)).toEqual([]);
  expect(expected(Infinity)).toEqual([]);
});
