/** How gradients flow, as figures. */

import { t } from "../../messages";
import type { Figure, TraceMark } from "../../plots/figure";
import { cut } from "../../plots/labels";
import { short } from "../../ui/format";
import { depthFigure, inkOf, valueAt } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";
import { linesFigure } from "../instruments/figures";
import { expectedCosine } from "./depth";

/** As `NOISE_BATCHES` in core/statistics.py: the sizes that `cosine_by_batch_size` is of. */
export const NOISE_BATCHES = [2, 8, 32, 128, 512] as const;
/** What is drawn, at the axes. */
const MOVED = "‖ΔW‖ / ‖W‖";
const COSINE = "cos(g_B, G)";
/** Karpathy's rule of thumb: updates of about a thousandth of the weights. */
const THUMB = 1e-3;
/** Points of the reference curve between two batch sizes. */
const FINE = 8;

const thumb = (): Figure["rules"] => [{ value: THUMB, text: t("gradients.rule_of_thumb") }];

export function updateFigure(model: CompareModel, log: boolean): Figure {
  return { ...depthFigure(model, "update_ratio", log, MOVED), rules: thumb()! };
}

/** Of the layer that is looked at. */
export function updateTimeFigure(model: CompareModel, log: boolean): Figure {
  return { ...linesFigure(model, [{ statistic: "update_ratio", layer: model.layer }], { log, unit: MOVED }), rules: thumb()! };
}

export function cosineFigure(model: CompareModel): Figure {
  return linesFigure(model, [{ statistic: "gradient_cosine" }], { unit: COSINE, include: 0 });
}

export function biasFigure(model: CompareModel): Figure {
  return linesFigure(model, [{ statistic: "gradient_bias" }], { unit: "‖ḡ_B − G‖ / ‖G‖", include: 0 });
}

export function noiseFigure(model: CompareModel, log: boolean): Figure {
  const batch = model.record?.spec.batch_size ?? NaN;
  const rules = Number.isFinite(batch) ? [{ value: batch, text: t("gradients.batch_size", { size: short(batch) }) }] : [];
  return { ...linesFigure(model, [{ statistic: "gradient_noise_scale" }], { log, unit: t("gradients.examples") }), rules };
}

/** Measured cosines at the cursor, and as a faint dashed curve what the noise scale of the same arm predicts. */
export function cosineByBatchFigure(model: CompareModel): Figure {
  const label = model.arms.length <= 4;
  const marks = model.arms.flatMap((arm): TraceMark[] => {
    const row = model.curves?.vector("cosine_by_batch_size", arm, null, model.view.step);
    if (!row) return [];
    const noise = model.curves?.each("gradient_noise_scale", arm)[0]; // The vector is the first seed's too.
    const scale = noise ? valueAt(noise, model.view.step) : NaN;
    const ink = inkOf(model, arm);
    const name = model.names[arm]!;
    const measured: TraceMark = {
      ...{ kind: "trace", name, ink, x: Array.from(NOISE_BATCHES, (_, i) => i), y: Array.from(row) },
      ...{ width: 1.75, alpha: 1, dots: true, label: label ? cut(name, 14) : "" },
    };
    return [...expected(scale).map((curve): TraceMark => ({ ...measured, ...curve, name: t("gradients.expected", { arm: name }), ink: { ...ink, dash: [2, 3] }, width: 1.25, alpha: 0.6, dots: false, label: "" })), measured];
  });
  return {
    x: { kind: "category", labels: NOISE_BATCHES.map((size) => short(size)), unit: t("gradients.examples") },
    y: { unit: COSINE, log: false, fixed: null, include: 0 },
    columns: 1,
    panels: [{ title: "", ink: null, marks }],
  };
}

/** The predicted cosine over places between the batch sizes, which lie evenly in their logarithm; none where it is not known. */
export function expected(noise: number): Pick<TraceMark, "x" | "y">[] {
  if (!(noise >= 0) || !Number.isFinite(noise)) return [];
  const places = Array.from({ length: (NOISE_BATCHES.length - 1) * FINE + 1 }, (_, i) => i / FINE);
  const size = (place: number): number => NOISE_BATCHES[0] * (NOISE_BATCHES[1] / NOISE_BATCHES[0]) ** place;
  return [{ x: places, y: places.map((place) => expectedCosine(noise, size(place))) }];
}
