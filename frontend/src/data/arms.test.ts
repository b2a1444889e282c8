import { describe, expect, it } from "vitest";

import type { Manifest, SeriesInfo, Statistic } from "../api/types";
import { ArmCurves } from "./arms";
import { chunk } from "./chunk.fixture";
import { SeriesLookup } from "./lookup";
import { SeriesStore } from "./store";
import { VectorStore } from "./vectors";

const series = (id: number, statistic: Statistic, seed: number, layer: number | null = null): SeriesInfo => ({
  id,
  arm: 0,
  seed,
  layer,
  statistic,
  unit: "",
  vector: layer !== null,
  schedule: layer === null ? "step" : "distributions",
});
const manifest: Manifest = {
  arms: ["a"],
  seeds: [5, 6],
  layers: [],
  series: [
    series(0, "train_loss", 5),
    series(1, "train_loss", 6),
    series(2, "p15", 5, 1),
    series(3, "p50", 5, 1),
    series(4, "p85", 5, 1),
  ],
  steps: 10,
  steps_per_epoch: 5,
  classes: 10,
};

function make() {
  const store = new SeriesStore();
  const vectors = new VectorStore();
  return { store, vectors, curves: new ArmCurves(new SeriesLookup(manifest), store, vectors) };
}

describe("ArmCurves", () => {
  it("averages the seeds and keeps the least low and the greatest high", () => {
    const { store, curves } = make();
    store.add(chunk([[0, 1, 2], [0, 2, 4], [1, 1, 4], [1, 2, 8]]));
    const { raw } = curves.get("train_loss", 0)!;
    expect(Array.from(raw.value.subarray(0, raw.n))).toEqual([3, 6]);
    expect([raw.low[1], raw.high[1]]).toEqual([3, 9]);
  });

  it("waits for the slowest seed, and takes it in when it comes", () => {
    const { store, curves } = make();
    store.add(chunk([[0, 1, 2], [0, 2, 4], [1, 1, 4]]));
    expect(curves.get("train_loss", 0)!.raw.n).toBe(1);
    store.add(chunk([[1, 2, 6]]));
    expect(Array.from(curves.get("train_loss", 0)!.raw.value.subarray(0, 2))).toEqual([3, 5]);
  });

  it("shows the survivors", () => {
    const { store, curves } = make();
    store.add(chunk([[0, 1, 2], [0, 2, 4], [1, 1, 100]]));
    curves.survivors = () => [5];
    expect(Array.from(curves.get("train_loss", 0)!.raw.value.subarray(0, 2))).toEqual([2, 4]);
  });

  it("smooths the line, never the band", () => {
    const { store, curves } = make();
    curves.survivors = () => [5];
    store.add(chunk([[0, 1, 0], [0, 2, 10]]));
    const { raw, line } = curves.get("train_loss", 0, null, 0.5)!;
    expect(line.value[0]).toBe(0);
    expect(line.value[1]).toBeCloseTo(10 / 1.5, 5);
    expect([raw.value[1], line.low[1], line.high[1]]).toEqual([10, 9, 11]);
  });

  it("is null for what the run does not measure", () => {
    expect(make().curves.get("train_accuracy", 0)).toBeNull();
  });

  it("gives a unit's percentiles, or the median unit's", () => {
    const { vectors, curves } = make();
    const rows = [[-1, -2, -3], [0, 1, 5], [1, 2, 3]];
    rows.forEach((row, i) => vectors.series(2 + i).put(10, Float32Array.from(row)));
    const one = curves.percentiles(0, 1, 2)!;
    expect([one.low[0], one.value[0], one.high[0]]).toEqual([-3, 5, 3]);
    const median = curves.percentiles(0, 1, "median")!;
    expect([median.low[0], median.value[0], median.high[0]]).toEqual([-2, 1, 2]);
  });
});
