/** What a chart shows, as data: panels with marks. Painter, hover, y range and exports are all derived from it. */

import type { AxisMap } from "../data/axis";
import type { Curve, Point } from "../data/curve";

export interface Ink {
  /** CSS custom property of the colour, e.g. `--arm-1`. */
  variable: string;
  dash: readonly number[];
}

/** Where an arm ends before the others, and why. */
export interface Stop {
  step: number;
  text: string;
}

export interface LineMark {
  kind: "line";
  name: string;
  ink: Ink;
  curve: Curve;
  /** Whose low and high are painted as a faint band; null: none. Never smoothed. */
  band: Curve | null;
  /** In CSS pixels. */
  width: number;
  /** 0 to 1: how strong the line is. */
  alpha: number;
  bandAlpha: number;
  /** Whether low and high are written where the line is hovered: they belong to the value. */
  spoken: boolean;
  /** The window that is still open. */
  tail: Point | null;
  /** Written at the line's end; empty: none. */
  label: string;
  /** Where and why the line ends before the others; `calm`: it was meant to. */
  end: (Stop & { calm?: boolean }) | null;
  /** Steps of which the line's points are marked. */
  best?: readonly number[];
  /** Where the same step lies elsewhere for each arm; absent: the axis that all share. */
  axis?: AxisMap | undefined;
}

export interface BarsMark {
  kind: "bars";
  name: string;
  ink: Ink;
  /** One for each category. */
  values: ArrayLike<number>;
  /** Place among the bars of a category. */
  slot: number;
  slots: number;
}

export interface OutlineMark {
  kind: "outline";
  name: string;
  ink: Ink;
  /** One more than counts. */
  edges: ArrayLike<number>;
  counts: ArrayLike<number>;
  /** 0 to 1: how strong the area is. */
  fill: number;
}

/** A curve over something else than time: over numbers, or over places between categories (0: the first). */
export interface TraceMark {
  kind: "trace";
  name: string;
  ink: Ink;
  x: ArrayLike<number>;
  /** NaN: the line is broken. */
  y: ArrayLike<number>;
  width: number;
  /** 0 to 1: how strong the line is. */
  alpha: number;
  /** Each of its points is marked. */
  dots: boolean;
  /** It runs off, and must not flatten the others. */
  wild?: boolean;
  /** Written at the line's end; empty: none. */
  label: string;
}

export type Mark = LineMark | BarsMark | OutlineMark | TraceMark;

/** A value that is drawn across, to compare with. */
export interface Rule {
  value: number;
  text: string;
}

export interface Panel {
  /** Written over the panel; empty: none. */
  title: string;
  ink: Ink | null;
  marks: Mark[];
}

export type XAxis =
  | { kind: "time" }
  | { kind: "category"; labels: readonly string[]; unit: string }
  /** `range` null: nothing is there yet. */
  | { kind: "number"; unit: string; range: readonly [number, number] | null };

export interface YAxis {
  unit: string;
  log: boolean;
  /** Fixed ends; null: grows with the data. */
  fixed: readonly [number, number] | null;
  /** A value that is always in view, e.g. 0, or on a logarithmic axis a whole decade below; null: none. */
  include: number | null;
}

/** A moment that is marked on a chart over time. */
export interface Note {
  step: number;
  text: string;
}

export interface Figure {
  x: XAxis;
  y: YAxis;
  /** Panels in a row. */
  columns: number;
  panels: Panel[];
  /** Over time only; absent: none. */
  notes?: readonly Note[];
  /** Across every panel; absent: none. */
  rules?: readonly Rule[];
}

/** What all charts over time share. */
export interface TimeView {
  /** Of all marks without one of their own; it turns places into steps. */
  axis: AxisMap;
  /** Visible ends of the axis, in its unit. */
  x0: number;
  x1: number;
  /** Null: live or at the end, nothing is faded. */
  cursor: number | null;
  /** Unit at the axis. */
  unit: string;
}

export function axisOf(mark: LineMark, time: TimeView): AxisMap {
  return mark.axis ?? time.axis;
}

export function marksOf(figure: Figure): Mark[] {
  return figure.panels.flatMap((panel) => panel.marks);
}

/** Whether there is nothing of it yet. */
export function isEmpty(mark: Mark): boolean {
  if (mark.kind === "line") return mark.curve.n === 0 && mark.tail === null;
  return (mark.kind === "bars" ? mark.values : mark.kind === "trace" ? mark.y : mark.counts).length === 0;
}
