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

export interface Frame {
  width: number;
  height: number;
  /** Last step of the run. */
  steps: number;
}

/** SVG path of a curve; the vertical axis is accuracy, 0 at the bottom and 1 at the top. */
export function path(curve: MiniCurve, frame: Frame): string {
  const points = curve.step.map((step, index) => {
    const [x, y] = point(step, curve.value[index]!, frame);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return points.length === 0 ? "" : `M${points.join("L")}`;
}

export function point(step: number, value: number, frame: Frame): [number, number] {
  return [(step / Math.max(1, frame.steps)) * frame.width, (1 - value) * frame.height];
}

/** Heights of labels at the curves' ends, moved apart where they would overlap; `ends` in pixels from the top. */
export function spread(ends: readonly number[], least: number, height: number): number[] {
  const order = ends.map((_, index) => index).sort((a, b) => ends[a]! - ends[b]!);
  const placed = [...ends];
  let floor = -Infinity;
  for (const index of order) {
    placed[index] = Math.max(placed[index]!, floor);
    floor = placed[index]! + least;
  }
  let ceiling = height;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index]!, ceiling);
    ceiling = placed[index]! - least;
  }
  return placed;
}
