/** The charts of a claim as figures. */

import type { Statistic } from "../../api/types";
import { axisMap, type AxisKind, type AxisMap } from "../../data/axis";
import { Curve } from "../../data/curve";
import { t } from "../../messages";
import type { Figure, LineMark, TimeView } from "../../plots/figure";
import { cut } from "../../plots/labels";
import { armStyles } from "../../style/arms";
import { layerName, wallRows } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";
import { linesFigure, overTime } from "../instruments/figures";

const DASHES: readonly (readonly number[])[] = [[], [1.5, 2.5], [6, 4]];
const SEED_BAND = 0.16;

/** Several statistics of one network are told apart by dashes, and each is named at its end. */
export function statisticsFigure(model: CompareModel, statistics: readonly Statistic[], log: boolean, last: boolean, include = 0): Figure {
  const layer = last ? (model.layers.at(-1) ?? null) : null;
  const drawn = statistics.map((statistic, i) => {
    if (statistics.length === 1) return { statistic, layer };
    const name = t(`claim.line.${statistic}`);
    return { statistic, layer, name, label: name, dash: DASHES[i]!, width: 2 };
  });
  return linesFigure(model, drawn, { log, include: log ? null : include });
}

/** A panel for each hidden layer, the networks over each other. */
export function layersFigure(model: CompareModel, statistic: Statistic): Figure {
  const panels = wallRows(model, statistic).map((row) => ({
    title: t("compare.layer_n", { layer: layerName(model, Number(row.key)) }),
    ink: null,
    marks: row.cells.filter((cell) => cell !== null),
  }));
  return { ...overTime([], { fixed: [0, 1] }), columns: panels.length, panels };
}

/** One of several runs whose validation accuracy is compared. */
export interface Racer {
  name: string;
  model: CompareModel;
}

/** Validation accuracy of each run's first network, every run with an axis of its own. */
export function raceFigure(racers: readonly Racer[], axis: AxisKind): Figure {
  const styles = armStyles(racers.map(() => ""));
  const marks = racers.flatMap(({ name, model }, index): LineMark[] => {
    const found = model.curves?.get("validation_accuracy", 0);
    if (!found) return [];
    const style = styles[index]!;
    return [
      {
        kind: "line",
        name,
        ink: { variable: style.variable, dash: style.dash },
        curve: found.line,
        band: found.raw,
        spoken: false,
        tail: null,
        width: 2,
        alpha: 1,
        bandAlpha: SEED_BAND,
        label: cut(name, 24),
        end: null,
        axis: racerAxis(model, axis),
      },
    ];
  });
  return overTime(marks, { fixed: [0, 1] });
}

/** As far as the run that goes farthest has come. */
export function raceTime(racers: readonly Racer[], axis: AxisKind): TimeView {
  const ends = racers.map(({ model }) => racerAxis(model, axis).of(axis === "seconds" ? model.lastStep : (model.record?.steps ?? 0)));
  const lead = racers[0] === undefined ? axisMap("step", 1, new Curve(1)) : racerAxis(racers[0].model, axis);
  return { axis: lead, x0: 0, x1: Math.max(1e-3, ...ends), cursor: null, unit: t(`compare.axis_unit.${axis}`) };
}

function racerAxis(model: CompareModel, axis: AxisKind): AxisMap {
  const batch = model.record?.spec.batch_size ?? 1;
  if (axis === "samples") return { kind: axis, key: `samples${batch}`, of: (step) => step * batch, stepAt: (x) => x / batch };
  return axisMap(axis === "seconds" ? axis : "step", 1, model.ofRun("elapsed_seconds")?.curve ?? new Curve(1));
}

/** For charts that are not over time. */
export const TIMELESS: TimeView = { axis: axisMap("step", 1, new Curve(1)), x0: 0, x1: 1, cursor: null, unit: "" };
