import { describe, expect, it } from "vitest";

import type { Manifest } from "../../api/types";
import { miniCurves, miniSeries, path, spread } from "./curves";

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

  it("puts step 0 at the left, the last step at the right, accuracy 1 at the top", () => {
    const frame = { width: 100, height: 50, steps: 40 };
    expect(path({ arm: 0, step: [0, 20, 40], value: [0, 0.5, 1] }, frame)).toBe("M0.0 50.0L50.0 25.0L100.0 0.0");
    expect(path({ arm: 0, step: [], value: [] }, frame)).toBe("");
  });
});

describe("labels", () => {
  it("stay where they are while they do not touch", () => {
    expect(spread([10, 40], 16, 100)).toEqual([10, 40]);
  });

  it("move apart in their order, inside the frame", () => {
    expect(spread([50, 48], 16, 100)).toEqual([64, 48]);
    expect(spread([99, 98], 16, 100)).toEqual([100, 84]);
  });
});
