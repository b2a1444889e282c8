/** The loss around where a network stands, as figures (Santurkar et al. 2018). */

import type { Statistic } from "../../api/types";
import { PairBand } from "../../data/pair";
import type { VectorSeries } from "../../data/vectors";
import { t } from "../../messages";
import type { Figure, LineMark, TraceMark } from "../../plots/figure";
import type { HeatSource } from "../../plots/heat/columns";
import type { HeatPanel } from "../../plots/heat/heat";
import { cut } from "../../plots/labels";
import { short } from "../../ui/format";
import { base, depthFigure, endOf, inkOf } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";
import { linesFigure, overTime } from "../instruments/figures";
import { blank } from "../instruments/maps";

/** As `SLICE` in core/statistics.py: multiples of the learning rate along the negative gradient. */
export const SLICE: readonly number[] = Array.from({ length: 21 }, (_, i) => -1 + 0.25 * i);

const HERE = SLICE.indexOf(0);

/** What the loss becomes along the gradient at the cursor, less what it is where the network stands. */
export function sliceFigure(model: CompareModel): Figure {
  const marks = model.arms.flatMap((arm): TraceMark[] => {
    const row = model.curves?.vector("loss_slice", arm, null, model.view.step);
    if (!row) return [];
    const name = model.names[arm]!;
    const y = SLICE.map((_, i) => changeAt(row, i));
    const label = model.arms.length <= 4 ? cut(name, 14) : "";
    return [{ kind: "trace", name, ink: inkOf(model, arm), x: SLICE, y, width: 2, alpha: 1, dots: false, wild: runsOff(y), label }];
  });
  return {
    x: { kind: "number", unit: t("landscape.rates"), range: marks.length > 0 ? [SLICE[0]!, SLICE.at(-1)!] : null },
    y: { unit: t("landscape.change_in_nat"), log: false, fixed: null, include: 0 },
    columns: 1,
    panels: [{ title: "", ink: null, marks }],
  };
}

/** A loss of so many nats more says only that the step is far too long; how much too long is not worth the scale of the others. */
const HOPELESS = 10;

export function runsOff(changes: readonly number[]): boolean {
  return changes.some((change) => change > HOPELESS);
}

/** NaN where the loss is not finite. */
function changeAt(row: Float32Array, index: number): number {
  const change = (row[index] ?? NaN) - row[HERE]!;
  return Number.isFinite(change) ? change : NaN;
}

/** Rows of the map of slices, the farthest step on top. */
export const sliceRows: readonly string[] = [...SLICE].reverse().map((k) => short(k));

/** Slices over time, the farthest step on top: the loss itself, or how it differs from that where the network stands. */
export function sliceSource(series: VectorSeries, what: "loss" | "change", key: string): HeatSource {
  const { steps, rows } = series;
  const last = SLICE.length - 1;
  return {
    units: SLICE.length,
    n: series.n,
    key: `${key}${what}${series.generation}`,
    step: (i) => steps[i]!,
    value: (i, unit) => (what === "loss" ? (rows[i]![last - unit] ?? NaN) : changeAt(rows[i]!, last - unit)),
  };
}

export function slicePanels(model: CompareModel, what: "loss" | "change"): HeatPanel[] {
  return model.arms.flatMap((arm): HeatPanel[] => {
    const id = model.vectorId("loss_slice", arm, null);
    if (id === null) return [];
    return [{ ...blank(model, arm), sources: [sliceSource(model.session.vectors.series(id), what, `slice${arm}|`)] }];
  });
}

/** Least and greatest of something as a band of each arm, kept from frame to frame. */
export class Bands {
  private readonly kept = new Map<string, PairBand>();

  figure(model: CompareModel, low: Statistic, high: Statistic, log: boolean, unit = ""): Figure {
    const marks = model.arms.flatMap((arm): LineMark[] => {
      const [least, greatest] = [model.curves?.get(low, arm), model.curves?.get(high, arm)];
      if (!least || !greatest) return [];
      const key = `${low}|${arm}`;
      const pair = this.kept.get(key) ?? new PairBand();
      this.kept.set(key, pair);
      const curve = pair.update(least.raw, greatest.raw);
      const label = model.arms.length <= 4 ? cut(model.names[arm]!, 14) : "";
      return [{ ...base(model, arm), curve, band: curve, tail: null, width: 1, alpha: 0.9, bandAlpha: model.arms.length > 4 ? 0.14 : 0.3, spoken: true, label, end: endOf(model, arm) }];
    });
    return overTime(marks, { log, unit, include: log ? null : 0 });
  }
}

export function smoothnessFigure(model: CompareModel, log: boolean): Figure {
  return linesFigure(model, [{ statistic: "effective_smoothness" }], { log, unit: "max ‖Δ∇L‖ / ‖Δθ‖", include: log ? null : 0 });
}

export function changeFigure(model: CompareModel, log: boolean): Figure {
  return linesFigure(model, [{ statistic: "relative_gradient_change" }], { log, unit: "max ‖Δ∇L‖ / ‖∇L‖", include: log ? null : 0 });
}

/** Relative difference of G and G'; 1: as far apart as the gradient is long. */
export function shiftFigure(model: CompareModel, log: boolean): Figure {
  return depthFigure(model, "covariate_shift", log, "‖G − G′‖ / ‖G‖");
}

export function shiftCosineFigure(model: CompareModel): Figure {
  const figure = depthFigure(model, "covariate_shift_cosine", false, "cos(G, G′)");
  const negative = figure.panels.some((panel) => panel.marks.some((mark) => mark.kind === "bars" && Array.from(mark.values).some((value) => value < 0)));
  return { ...figure, y: { ...figure.y, fixed: negative ? [-1, 1] : [0, 1] } };
}
