/** The mini comparison's curves: validation accuracy of each arm, mean over its seeds. Pure. */

import type { PointsChunk } from "../../api/arrow";
import type { Manifest } from "../../api/types";

export interface MiniCurve {
  arm: number;
  step: number[];
  value: number[];
}

const STATISTIC = "validation_accuracy";

/** Ids of the series that the mini comparison draws. */
export function miniSeries(manifest: Manifest): number[] {
  return manifest.series.filter((series) => series.statistic === STATISTIC).map((series) => series.id);
}

/** One curve for each arm that has a finite point, steps ascending. */
export function miniCurves(manifest: Manifest, chunk: Pick<PointsChunk, "step" | "series" | "value">): MiniCurve[] {
  const armOf = new Map(manifest.series.map((series) => [series.id, series.arm]));
  const sums = new Map<number, Map<number, { sum: number; count: number }>>();
  for (let row = 0; row < chunk.step.length; row += 1) {
    const arm = armOf.get(chunk.series[row]!);
    const value = chunk.value[row]!;
    if (arm === undefined || arm === null || !Number.isFinite(value)) continue;
    const steps = sums.get(arm) ?? new Map<number, { sum: number; count: number }>();
    const at = steps.get(chunk.step[row]!) ?? { sum: 0, count: 0 };
    steps.set(chunk.step[row]!, { sum: at.sum + value, count: at.count + 1 });
    sums.set(arm, steps);
  }
  return [...sums.entries()]
    .sort(([a], [b]) => a - b)
    .map(([arm, steps]) => {
      const points = [...steps.entries()].sort(([a], [b]) => a - b);
      return { arm, step: points.map(([step]) => step), value: points.map(([, { sum, count }]) => sum / count) };
    });
}
