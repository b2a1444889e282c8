/** The page's charts as figures: which curves, how strong, on which scale. */

import type { Layer, Metric, Statistic } from "../../api/types";
import { Curve, indexAt, type Point } from "../../data/curve";
import { edges, histogramOf, shares, span } from "../../data/histogram";
import { t } from "../../messages";
import type { BarsMark, Figure, Ink, LineMark, OutlineMark, Panel, Stop } from "../../plots/figure";
import { cut } from "../../plots/labels";
import type { WallRow } from "../../plots/wall";
import { integer } from "../../ui/format";
import type { CompareModel } from "./model.svelte";
import { notesOf } from "./moments";

const BINS = 48;

export function inkOf(model: CompareModel, arm: number): Ink {
  const style = model.styles[arm]!;
  return { variable: style.variable, dash: style.dash };
}

/** Where an arm ends whose replicates all diverged, or all stopped by themselves. */
export function endOf(model: CompareModel, arm: number): LineMark["end"] {
  const seeds = model.manifest?.seeds ?? [];
  const events = model.diverged.filter((event) => event.arm === arm);
  if (events.length === 0) return stopOf(model, arm);
  if (events.length < seeds.length) return null;
  const last = events.reduce((a, b) => (b.step > a.step ? b : a));
  const key = last.layer === null ? "compare.diverged_at" : "compare.diverged_at_layer";
  return { step: last.step, text: t(key, { step: integer(last.step), layer: layerName(model, last.layer) }) };
}

/** Where an arm ends because it diverged; null: it did not. */
export function divergenceOf(model: CompareModel, arm: number): Stop | null {
  const end = endOf(model, arm);
  return end === null || end.calm ? null : end;
}

/**
 * The place of the last of its replicates; several seeds have a best step each, so none is written
 * then, and with many arms nothing is: texts would cover the lines, and the table says it.
 */
function stopOf(model: CompareModel, arm: number): LineMark["end"] {
  const events = model.stopped.filter((event) => event.arm === arm);
  if (events.length === 0 || events.length < (model.manifest?.seeds.length ?? 1)) return null;
  const step = Math.max(...events.map((event) => event.step));
  const key = events.length === 1 ? "compare.stopped_at" : "compare.stopped_at_last";
  const text = model.arms.length > 2 ? "" : t(key, { step: integer(step), best: integer(events[0]!.best_step) });
  return { step, text, calm: true };
}

/** Best steps so far of an arm's replicates. */
export function bestSteps(model: Pick<CompareModel, "best">, arm: number): number[] {
  const bySeed = new Map(model.best.filter((event) => event.arm === arm).map((event) => [event.seed, event.step]));
  return [...bySeed.values()];
}

export function layerName(model: CompareModel, layer: number | null): string {
  return model.manifest?.layers.find((other) => other.index === layer)?.name ?? String(layer ?? "");
}

/**
 * A metric of training and of validation: the latter strong and exact, the former thin, smoothed, with its band.
 * `label`: each network is named at its line's end; else the page has a legend.
 */
export function metricFigure(model: CompareModel, what: "accuracy" | "loss", log: boolean, label = model.arms.length <= 4): Figure {
  const marks: LineMark[] = [];
  const { curves, view, manifest } = model;
  const banded = (manifest?.seeds.length ?? 1) > 1;
  for (const arm of model.arms) {
    const train = curves?.get(`train_${what}`, arm, null, view.smooth);
    if (!train) continue;
    marks.push({
      ...base(model, arm),
      name: t("compare.train_of", { arm: model.names[arm]! }),
      ink: { ...inkOf(model, arm), dash: [] },
      curve: train.line,
      band: train.raw,
      tail: train.tail,
      width: 1,
      alpha: 0.55,
      bandAlpha: model.arms.length > 4 ? 0.06 : 0.1,
      label: "",
      end: stopOf(model, arm) === null ? endOf(model, arm) : null,
    });
  }
  for (const arm of model.arms) {
    const validation = curves?.get(`validation_${what}`, arm);
    if (!validation) continue;
    marks.push({
      ...base(model, arm),
      curve: validation.line,
      band: banded ? validation.raw : null,
      tail: null,
      width: 2,
      alpha: 1,
      bandAlpha: 0.18,
      spoken: banded,
      label: label && endOf(model, arm) === null ? cut(model.names[arm]!, 14) : "",
      end: stopOf(model, arm),
      best: bestSteps(model, arm),
    });
  }
  const y =
    what === "accuracy"
      ? { unit: "", log, fixed: (log ? [0.05, 1] : [0, 1]) as [number, number], include: null }
      : { unit: t("stats.unit.nat"), log, fixed: null, include: log ? null : 0 };
  return { x: { kind: "time" }, y, columns: 1, panels: [{ title: "", ink: null, marks }], notes: notesOf(model) };
}

export function base(model: CompareModel, arm: number): Pick<LineMark, "kind" | "name" | "ink" | "end" | "spoken" | "axis"> {
  return { kind: "line", name: model.names[arm]!, ink: inkOf(model, arm), end: null, spoken: false, axis: model.axisOf(arm) };
}

/** The learning rate of each arm, as a line that holds its value. */
export function rateFigure(model: CompareModel, log: boolean): Figure {
  const marks = model.arms.flatMap((arm): LineMark[] => {
    const rate = model.curves?.get("learning_rate", arm);
    if (!rate) return [];
    const label = model.arms.length <= 4 ? cut(model.names[arm]!, 14) : "";
    return [{ ...base(model, arm), curve: rate.raw, band: null, tail: rate.tail, width: 2, alpha: 1, bandAlpha: 0, label, end: endOf(model, arm) }];
  });
  return { x: { kind: "time" }, y: { unit: "", log, fixed: null, include: log ? null : 0 }, columns: 1, panels: [{ title: "", ink: null, marks }] };
}

/** Whether any shown arm's learning rate changes: by its schedule or by a command. */
export function rateChanges(model: CompareModel): boolean {
  return model.arms.some((arm) => {
    const curve = model.curves?.get("learning_rate", arm)?.raw;
    return curve !== undefined && (moves(curve.low, curve.n) || moves(curve.high, curve.n));
  });
}

function moves(values: Float32Array, n: number): boolean {
  for (let i = 1; i < n; i++) if (Number.isFinite(values[i]!) && values[i] !== values[0]) return true;
  return false;
}

/** The 15/50/85 percentiles of the input to the layer's activation: one panel for each arm, one scale. */
export function percentileFigure(model: CompareModel): Figure {
  const panels = model.arms.map((arm): Panel => {
    const curve = model.curves?.percentiles(arm, model.layer, model.unit) ?? null;
    const ink = inkOf(model, arm);
    const mark: LineMark = {
      ...base(model, arm),
      name: "",
      ink: { ...ink, dash: [] },
      curve: curve ?? EMPTY,
      band: curve,
      tail: null,
      width: 1.75,
      alpha: 1,
      bandAlpha: 0.24,
      spoken: true,
      label: "",
    };
    return { title: model.names[arm]!, ink, marks: [mark] };
  });
  const y = { unit: "", log: false, fixed: null, include: 0 };
  return { x: { kind: "time" }, y, columns: model.arms.length > 4 ? 4 : model.arms.length, panels };
}

const EMPTY = new Curve(1);

/** The layer's histograms at the cursor, over each other on common bins. */
export function histogramFigure(model: CompareModel): Figure {
  const found = model.arms.flatMap((arm) => {
    const row = model.curves?.vector("histogram", arm, model.layer, model.view.step);
    const histogram = row ? histogramOf(row) : null;
    return histogram === null ? [] : [{ arm, histogram }];
  });
  const ends = model.histogramRange(span(found.map((entry) => entry.histogram)));
  const marks = found.map(({ arm, histogram }): OutlineMark => {
    const [low, high] = ends;
    return {
      kind: "outline",
      name: model.names[arm]!,
      ink: inkOf(model, arm),
      edges: edges(low, high, BINS),
      counts: shares(histogram, low, high, BINS),
      fill: found.length > 3 ? 0.04 : 0.16,
    };
  });
  return {
    x: { kind: "number", unit: "", range: found.length > 0 ? ends : null },
    y: { unit: t("stats.unit.share"), log: false, fixed: null, include: 0 },
    columns: 1,
    panels: [{ title: "", ink: null, marks }],
  };
}

/** Statistics of the output layer too: of its weight, not of an activation. */
const OF_WEIGHTS: ReadonlySet<Statistic> = new Set<Statistic>(["gradient_norm", "weight_norm", "update_ratio", "covariate_shift", "covariate_shift_cosine"]);

/** The layers that have `statistic`. */
export function layersWith(model: CompareModel, statistic: Statistic): Layer[] {
  return model.manifest?.layers.filter((layer) => OF_WEIGHTS.has(statistic) || layer.activation !== null) ?? [];
}

/** A statistic of each layer of an arm at the cursor; NaN where there is none. */
export function depthValues(model: CompareModel, statistic: Statistic, arm: number): number[] {
  return layersWith(model, statistic).map((layer) => {
    const curve = model.curves?.get(statistic, arm, layer.index, model.view.smooth);
    return curve ? finiteAt(curve.line, model.view.step, curve.tail) : NaN;
  });
}

/** One bar for each layer and arm: the statistic at the cursor. `unit`: written at the axis. */
export function depthFigure(model: CompareModel, statistic: Statistic, log: boolean, unit = ""): Figure {
  const layers = layersWith(model, statistic);
  const marks = model.arms.map((arm, slot): BarsMark => {
    const values = depthValues(model, statistic, arm);
    const missing = values.every(Number.isNaN);
    return { kind: "bars", name: model.names[arm]!, ink: inkOf(model, arm), values: missing ? [] : values, slot, slots: model.arms.length };
  });
  return {
    x: { kind: "category", labels: layers.map((layer) => layer.name), unit: t("compare.layer_unit") },
    y: { unit, log, fixed: null, include: 0 },
    columns: 1,
    panels: [{ title: "", ink: null, marks }],
  };
}

/** As `valueAt`; before the first observation that one, of an arm that diverged the last finite value. */
export function finiteAt(curve: Curve, cursor: number | null, tail: Point | null): number {
  const value = valueAt(curve, cursor, tail);
  if (cursor !== null && curve.n > 0 && cursor < curve.step[0]!) return curve.value[0]!;
  let i = curve.n - 1;
  if (Number.isFinite(value) || (cursor !== null && cursor < curve.lastStep)) return value;
  while (i >= 0 && !Number.isFinite(curve.value[i]!)) i -= 1;
  return i < 0 ? NaN : curve.value[i]!;
}

/** Saturated or dead: what the run's activation can do. */
export function saturationStatistic(model: CompareModel): "saturated" | "dead" {
  const activation = model.record?.spec.model.activation;
  return activation === "sigmoid" || activation === "tanh" ? "saturated" : "dead";
}

/** The last value at or before the cursor (null: the newest, the open window included). */
export function valueAt(curve: Curve, cursor: number | null, tail: Point | null = null): number {
  if (cursor === null) return tail?.value ?? (curve.n > 0 ? curve.value[curve.n - 1]! : NaN);
  if (tail !== null && cursor >= tail.step) return tail.value;
  const i = indexAt(curve.step, curve.n, cursor);
  return i < 0 ? NaN : curve.value[i]!;
}

export interface Reading {
  arm: number;
  name: string;
  value: number;
}

/** A metric of each shown arm at the cursor. */
export function readings(model: CompareModel, metric: Metric & Statistic): Reading[] {
  return model.arms.map((arm) => {
    const curve = model.curves?.get(metric, arm);
    return { arm, name: model.names[arm]!, value: curve ? valueAt(curve.raw, model.view.step, curve.tail) : NaN };
  });
}

/** A layer's statistic over time as rows of small multiples: layers down, arms across. */
export function wallRows(model: CompareModel, statistic: Statistic): WallRow[] {
  return model.layers.map((layer) => ({
    key: String(layer),
    cells: model.arms.map((arm): LineMark | null => {
      const curve = model.curves?.get(statistic, arm, layer, model.view.smooth);
      if (!curve) return null;
      return {
        ...base(model, arm),
        ink: { ...inkOf(model, arm), dash: [] },
        curve: curve.line,
        band: curve.raw,
        tail: curve.tail,
        width: 1.5,
        alpha: 1,
        bandAlpha: 0.2,
        label: "",
        end: endOf(model, arm),
      };
    }),
  }));
}

/** The same as one figure, for its export. */
export function wallFigure(model: CompareModel, statistic: Statistic, log: boolean): Figure {
  const panels = wallRows(model, statistic).map((row): Panel => {
    const marks = row.cells.filter((cell) => cell !== null);
    return { title: t("compare.layer_n", { layer: layerName(model, Number(row.key)) }), ink: null, marks };
  });
  return { x: { kind: "time" }, y: { unit: "", log, fixed: null, include: null }, columns: Math.ceil(panels.length / 6), panels };
}
