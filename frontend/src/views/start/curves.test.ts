import { describe, expect, it } from "vitest";

import type { Manifest } from "../../api/types";
import { miniCurves, miniSeries } from "./curves";

const series = (id: number, arm: number, statistic: string) => ({ id, arm, seed: 0, layer: null, statistic, unit: "", vector: false });
const manifest = {
  series: [series(1, 0, "train_loss"), series(2, 0, "validation_accuracy"), series(3, 1, "validation_accuracy"), series(4, 1, "validation_accuracy")],
} as unknown as Manifest;

describe("the mini comparison", () => {
  it("draws validation accuracy only", () => {
    expect(miniSeries(manifest)).toEqual([2, 3, 4]);
  });

  it("takes the mean over the seeds of an arm and leaves out what is not finite", () => {
    const chunk = {
      series: Uint32Array.of(2, 2, 3, 3, 4, 4, 9),
      step: Uint32Array.of(10, 20, 10, 20, 10, 20, 10),
      value: Float32Array.of(0.25, 0.5, 0.5, 0.75, 1, NaN, 1),
    };
    expect(miniCurves(manifest, chunk)).toEqual([
      { arm: 0, step: [10, 20], value: [0.25, 0.5] },
      { arm: 1, step: [10, 20], value: [0.75, 0.75] },
    ]);
  });
});
