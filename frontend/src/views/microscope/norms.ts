/** What the microscope looks at: a layer's norm in each arm, its statistics at the cursor, and the verdict of the tests. */

import type { Statistic } from "../../api/types";
import type { SeriesLookup } from "../../data/lookup";
import { t } from "../../messages";
import type { Figure } from "../../plots/figure";
import type { ScatterPanel } from "../../plots/scatter";
import { depthFigure, valueAt } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";
import { measures } from "../instruments/figures";

/** Vectors that this page shows of a layer. */
const VECTORS: readonly Statistic[] = [
  ...(["histogram", "norm_input_histogram", "norm_output_histogram", "norm_input_mean", "norm_input_variance"] as const),
  ...(["running_mean", "running_variance", "gamma", "beta"] as const),
];

export function vectorsOf(model: CompareModel, lookup: SeriesLookup): (number | null)[] {
  const seed = lookup.manifest.seeds[0]!;
  return model.arms.flatMap((arm) => VECTORS.map((name) => lookup.id(name, arm, seed, model.layer)));
}

export function normed(model: CompareModel, arm: number): boolean {
  return (model.record?.spec.arms[arm]?.norm.kind ?? "none") !== "none";
}

/** Whether the arm's norm at this layer keeps running statistics. */
export function running(model: CompareModel, arm: number): boolean {
  return measures(model, "running_mean", arm, model.layer);
}

/** Name of an arm on a map of what enters the norm: one without a norm shows what a norm here would see. */
export function seenBy(model: CompareModel, arm: number): string {
  const name = model.names[arm]!;
  return normed(model, arm) ? name : t("microscope.would_see", { arm: name });
}

export function scatterPanels(model: CompareModel): ScatterPanel[] {
  const kinds = [
    { title: t("microscope.scatter.mean"), log: false, x: "running_mean", y: "norm_input_mean" },
    { title: t("microscope.scatter.variance"), log: true, x: "running_variance", y: "norm_input_variance" },
  ] as const;
  return kinds.map(({ title, log, x, y }) => ({
    title,
    log,
    clouds: model.arms.flatMap((arm) => {
      const [running, batch] = [x, y].map((name) => model.curves?.vector(name, arm, model.layer, model.view.step) ?? null);
      if (!running || !batch) return [];
      const { variable, marker } = model.styles[arm]!;
      return [{ name: model.names[arm]!, variable, marker, x: running, y: batch }];
    }),
  }));
}

export function scatterCsv(panels: readonly ScatterPanel[]): string {
  const lines = ["arm,statistic,unit,running,batch"];
  for (const { title, clouds } of panels) {
    for (const { name, x, y } of clouds) {
      const arm = /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
      for (let unit = 0; unit < x.length; unit++) lines.push(`${arm},${title},${unit},${x[unit]},${y[unit]}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Variance shift by layer, from zero, with the line where there is none. */
export function shiftFigure(model: CompareModel): Figure {
  return { ...depthFigure(model, "variance_shift", false, "σ²_run / σ²_eval"), rules: [{ value: 1, text: t("microscope.shift.rule") }] };
}

/** A scalar of an arm's whole network at the cursor; NaN: none. */
export function scalarAt(model: CompareModel, statistic: Statistic, arm: number): number {
  const found = model.curves?.get(statistic, arm);
  return found ? valueAt(found.raw, model.view.step, found.tail) : NaN;
}

export type Verdict = "restored" | "differs" | "unknown";

/** Beyond these, differences are more than the rounding of the number format leaves on logits of usual size. */
const ROUNDING_32 = 1e-3;
const ROUNDING_64 = 1e-10;

/** Whether a network with its norms set to the identity says the same as without them, up to rounding. */
export function identityVerdict(error32: number, error64: number): Verdict {
  if (Number.isNaN(error32) || Number.isNaN(error64)) return "unknown";
  return error32 <= ROUNDING_32 && error64 <= ROUNDING_64 ? "restored" : "differs";
}

/** The gradient of ten times the weights should be a tenth as large: then the ratio is 1. */
const NEAR_ONE = 0.02;

export function scaleVerdict(ratio: number): Verdict {
  if (Number.isNaN(ratio)) return "unknown";
  return Math.abs(ratio - 1) <= NEAR_ONE ? "restored" : "differs";
}
