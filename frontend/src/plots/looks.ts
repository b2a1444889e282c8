/**
 * What a picture depends on, as a key: where it is that of the last painting, a repaint would show the same and is left
 * out. Most of what a page shows is observed less often than data come in.
 */

import type { Curve } from "../data/curve";
import { axisOf, type Figure, type LineMark, type Mark, type TimeView } from "./figure";

const numbers = new WeakMap<object, number>();
let given = 0;

/** A number for each object, the same as long as it lives. */
export function numberOf(thing: object): number {
  let number = numbers.get(thing);
  if (number === undefined) {
    number = ++given;
    numbers.set(thing, number);
  }
  return number;
}

/** Axes on which a step stays where it is, whatever else comes in. */
const STEADY: ReadonlySet<string> = new Set(["step", "epoch", "samples", "flops"]);

/** Null: what is shown may move without any of it changing. */
export function timeKey(time: TimeView): string | null {
  if (!STEADY.has(time.axis.kind)) return null;
  return [time.axis.key, time.x0, time.x1, time.cursor, time.unit].join();
}

export function figureKey(figure: Figure, time: TimeView): string | null {
  const about = figure.x.kind === "time" ? timeKey(time) : "";
  if (about === null) return null;
  const panels = figure.panels.map((panel) => [panel.title, ...panel.marks.map((mark) => markKey(mark, time))].join(";"));
  return [about, JSON.stringify([figure.x, figure.y, figure.columns, figure.notes, figure.rules]), ...panels].join("|");
}

function markKey(mark: Mark, time: TimeView): string {
  const own = [mark.kind, mark.name, mark.ink.variable, mark.ink.dash.length].join();
  if (mark.kind === "line") return own + lineKey(mark, time);
  if (mark.kind === "bars") return [own, mark.slot, mark.slots, Array.from(mark.values).join()].join();
  if (mark.kind === "trace") return [own, mark.label, Array.from(mark.x).join(), Array.from(mark.y).join()].join();
  return [own, mark.edges[0], mark.edges[mark.edges.length - 1], Array.from(mark.counts).join()].join();
}

export function lineKey(mark: LineMark, time: TimeView): string {
  const { tail, end } = mark;
  const open = tail === null ? "" : [tail.step, tail.value, tail.low, tail.high].join();
  return [curveKey(mark.curve), mark.band === null ? "" : curveKey(mark.band), open, mark.label, end?.step, end?.text, mark.best?.join(), axisOf(mark, time).key].join("/");
}

function curveKey(curve: Curve): string {
  return `${numberOf(curve)}.${curve.generation}.${curve.n}`;
}
