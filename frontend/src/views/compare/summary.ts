/** The table at the end of a run: per arm, its last and best metrics with the spread over seeds. */

import type { EarlyStoppedEvent, Metric, ReplicateEndedEvent, RunRecord } from "../../api/types";
import type { Curve } from "../../data/curve";

export const METRICS: readonly Metric[] = ["validation_accuracy", "test_accuracy", "validation_loss", "train_loss"];

export interface MetricSummary {
  /** Mean over the replicates that ended with a finite value. */
  mean: number;
  /** Sample standard deviation; NaN for fewer than two. */
  deviation: number;
  count: number;
}

export interface ArmSummary {
  arm: number;
  name: string;
  metrics: Partial<Record<Metric, MetricSummary>>;
  bestAccuracy: number;
  bestStep: number | null;
  /** Steps until the validation accuracy reached the target; null: never. */
  stepsToTarget: number | null;
  diverged: number;
  stuck: number;
  /** Steps after which replicates stopped by themselves. */
  stopped: number[];
  computeSeconds: number;
  parameters: number;
}

/** 98 % of the best validation accuracy of the arm that got least: what every arm can be asked for. */
export function target(record: RunRecord): number {
  const best = record.arms.map((arm) => arm.best.validation_accuracy ?? NaN).filter(Number.isFinite);
  return best.length === 0 ? NaN : 0.98 * Math.min(...best);
}

export function summaryOf(
  record: RunRecord,
  ended: readonly ReplicateEndedEvent[],
  accuracy: (arm: number) => Curve | null,
  stopped: readonly EarlyStoppedEvent[] = [],
): ArmSummary[] {
  const wanted = target(record);
  return record.arms.map((progress, arm): ArmSummary => {
    const own = ended.filter((event) => event.arm === arm && event.state !== "diverged");
    const metrics: Partial<Record<Metric, MetricSummary>> = {};
    for (const metric of METRICS) {
      const values = own.map((event) => event.final[metric]).filter((v): v is number => v !== undefined && Number.isFinite(v));
      if (values.length > 0) metrics[metric] = spread(values);
      else if (Number.isFinite(progress.final[metric] ?? NaN)) metrics[metric] = spread([progress.final[metric]!]);
      else if (Number.isFinite(progress.latest[metric] ?? NaN)) metrics[metric] = spread([progress.latest[metric]!]);
    }
    return {
      arm,
      name: progress.name,
      metrics,
      bestAccuracy: progress.best.validation_accuracy ?? NaN,
      bestStep: progress.best_step.validation_accuracy ?? null,
      stepsToTarget: firstAtLeast(accuracy(arm), wanted),
      diverged: progress.replicates.diverged,
      stuck: progress.replicates.stuck,
      stopped: stopped.filter((event) => event.arm === arm).map((event) => event.step),
      computeSeconds: progress.compute_seconds,
      parameters: progress.parameters,
    };
  });
}

export function spread(values: readonly number[]): MetricSummary {
  const count = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1);
  return { mean, deviation: count < 2 ? NaN : Math.sqrt(variance), count };
}

function firstAtLeast(curve: Curve | null, wanted: number): number | null {
  if (curve === null) return null;
  for (let i = 0; i < curve.n; i++) if (curve.value[i]! >= wanted) return curve.step[i]!;
  return null;
}
