/** Runs of a trial that differ in one or two settings: their last metrics against these. Pure. */

import type { ArmCell, CellRecord, Metric, RunRecord } from "../../api/types";
import { get } from "../../form/values";
import { t } from "../../messages";
import type { Figure, TraceMark } from "../../plots/figure";
import { cut } from "../../plots/labels";
import { armStyles } from "../../style/arms";
import { short } from "../../ui/format";
import type { Grid } from "../sweep/diagram";

export type SweptMetric = Extract<Metric, "train_accuracy" | "validation_accuracy" | "test_accuracy">;

/** Settings by their place in the spec. */
export const SWEPT = {
  rate: "optimizer.learning_rate",
  gain: "initialisation.gain",
  batch: "batch_size",
  decay: "optimizer.weight_decay",
  width: "model.hidden.0",
} as const;
export type SweptName = keyof typeof SWEPT;

/** Of lines of the same network: training thin and dashed below what is tested. */
const DASHES: Partial<Record<SweptMetric, readonly number[]>> = { train_accuracy: [5, 3] };

export function settingOf(record: RunRecord, name: SweptName): number {
  return Number(get(record.spec, SWEPT[name]));
}

/** What an arm reached: as it ended, else as it is so far; NaN where nothing is measured, or it diverged. */
export function reached(record: RunRecord, arm: string, metric: SweptMetric): number {
  const found = record.arms.find((one) => one.name === arm);
  if (found === undefined || (found.replicates.diverged > 0 && survivors(found.replicates) === 0)) return NaN;
  const value = found.final[metric] ?? found.latest[metric];
  if (value === undefined && metric === "test_accuracy") return found.latest["validation_accuracy"] ?? NaN;
  return value ?? NaN;
}

function survivors(counts: ArmCell["replicates"]): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.diverged;
}

/** A line of each arm and metric over the settings of the runs, evenly spaced in their order. */
export function sweptFigure(records: readonly RunRecord[], name: SweptName, metrics: readonly SweptMetric[]): Figure {
  const ordered = [...records].sort((a, b) => settingOf(a, name) - settingOf(b, name));
  const places = [...new Set(ordered.map((record) => settingOf(record, name)))];
  const arms = records[0]?.spec.arms ?? [];
  const styles = armStyles(arms.map((arm) => arm.norm.kind));
  const marks = arms.flatMap((arm, index) =>
    metrics.map((metric): TraceMark => {
      const words = metrics.length > 1 ? t(`claim.line.${metric}`) : arm.name;
      const of = ordered.map((record) => [places.indexOf(settingOf(record, name)), reached(record, arm.name, metric)] as const);
      return {
        kind: "trace",
        name: metrics.length > 1 && arms.length > 1 ? t("claim.line_of", { arm: arm.name, line: words }) : words,
        ink: { variable: styles[index]!.variable, dash: DASHES[metric] ?? styles[index]!.dash },
        x: of.map(([place]) => place),
        y: of.map(([, value]) => value),
        width: metric === "train_accuracy" ? 1.25 : 2,
        alpha: 1,
        dots: true,
        label: metrics.length > 1 ? words : cut(words, 16),
      };
    }),
  );
  return {
    x: { kind: "category", labels: places.map((value) => short(value)), unit: t(`claim.setting.${name}`) },
    y: { unit: "", log: false, fixed: [0, 1], include: null },
    columns: 1,
    panels: [{ title: "", ink: null, marks: records.length === 0 ? [] : marks }],
  };
}

/** The runs as cells of a sweep, for its maps; the last axis changes fastest. */
export function gridOf(records: readonly RunRecord[], x: SweptName, y: SweptName): Grid {
  const values = (name: SweptName): number[] => [...new Set(records.map((record) => settingOf(record, name)))].sort((a, b) => a - b);
  const [columns, rows] = [values(x), values(y)];
  const arms = records[0]?.spec.arms.map((arm) => arm.name) ?? [];
  const cells = columns.flatMap((column) =>
    rows.map((row): CellRecord => {
      const record = records.find((one) => settingOf(one, x) === column && settingOf(one, y) === row);
      if (record === undefined) return { values: [column, row], run: null, state: "queued", step: 0, steps: 0, error: null, arms: [] };
      const { id, state, step, steps, error } = record;
      return { values: [column, row], run: id, state, step, steps, error, arms: arms.map((arm) => cellOf(record, arm)) };
    }),
  );
  return { axes: [{ field: SWEPT[x], values: columns }, { field: SWEPT[y], values: rows }], arms, cells, largest_stable: null };
}

function cellOf(record: RunRecord, name: string): ArmCell {
  const { replicates } = record.arms.find((arm) => arm.name === name)!;
  const value = (metric: SweptMetric): number => reached(record, name, metric);
  return {
    state: replicates.diverged > 0 && survivors(replicates) === 0 ? "diverged" : replicates.running > 0 ? "running" : "finished",
    replicates,
    ...{ train_accuracy: value("train_accuracy"), validation_accuracy: value("validation_accuracy"), test_accuracy: value("test_accuracy") },
    ...{ train_loss: null, validation_loss: null, test_loss: null },
  };
}
