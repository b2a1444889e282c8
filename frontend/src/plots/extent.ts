/** The y range that marks ask for, from what is painted of it. */

import type { PixelColumns } from "../data/decimate";
import type { Curve } from "../data/curve";
import { type Figure, type LineMark, type Mark, marksOf, type TraceMark } from "./figure";
import { Extent, type Range } from "./range";

/** `columns` gives the decimated form of a mark's curve, or of its band, in the visible range. */
export function extentOf(marks: readonly Mark[], log: boolean, columns: (curve: Curve, mark: LineMark) => PixelColumns): Range | null {
  const whole = new Extent(log);
  const broken: (LineMark | TraceMark)[] = [];
  for (const mark of marks) {
    if (mark.kind === "bars") for (let i = 0; i < mark.values.length; i++) whole.add(mark.values[i]!);
    else if (mark.kind === "outline") for (let i = 0; i < mark.counts.length; i++) whole.add(mark.counts[i]!);
    else if (mark.kind === "trace" && mark.wild) broken.push(mark);
    else if (mark.kind === "trace") addTrace(whole, mark);
    else if (mark.end !== null && !mark.end.calm) broken.push(mark);
    else addLine(whole, mark, columns);
  }
  if (broken.length === 0) return whole.range;
  // A line that runs off to infinity must not flatten the others: it may enlarge their range threefold, no more.
  const healthy = whole.range;
  for (const mark of broken) {
    if (mark.kind === "trace") addTrace(whole, mark);
    else addLine(whole, mark, columns);
  }
  const all = whole.range;
  if (healthy === null || all === null) return all;
  if (log) return [Math.max(all[0], healthy[0] / 100), Math.min(all[1], healthy[1] * 100)];
  const span = Math.max(healthy[1] - healthy[0], Math.abs(healthy[1]) * 0.1, 1e-6);
  return [Math.max(all[0], healthy[0] - span), Math.min(all[1], healthy[1] + span)];
}

/** What of `figure` is to be in view: its marks, and once there is one, its rules. */
export function figureExtent(figure: Figure, columns: (curve: Curve, mark: LineMark) => PixelColumns): Range | null {
  const found = extentOf(marksOf(figure), figure.y.log, columns);
  if (found === null || figure.rules === undefined) return found;
  const values = figure.rules.map((rule) => rule.value).filter((value) => Number.isFinite(value) && (value > 0 || !figure.y.log));
  return [Math.min(found[0], ...values), Math.max(found[1], ...values)];
}

function addTrace(extent: Extent, { y }: TraceMark): void {
  for (let i = 0; i < y.length; i++) extent.add(y[i]!);
}

function addLine(extent: Extent, mark: LineMark, columns: (curve: Curve, mark: LineMark) => PixelColumns): void {
  const line = columns(mark.curve, mark);
  for (let i = 0; i < line.n; i++) {
    extent.add(line.min[i]!);
    extent.add(line.max[i]!);
  }
  if (mark.band !== null) {
    const band = columns(mark.band, mark);
    for (let i = 0; i < band.n; i++) {
      extent.add(band.low[i]!);
      extent.add(band.high[i]!);
    }
  }
  if (mark.tail !== null) {
    extent.add(mark.tail.value);
    if (mark.band !== null) {
      extent.add(mark.tail.low);
      extent.add(mark.tail.high);
    }
  }
}
