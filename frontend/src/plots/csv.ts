/** What a chart shows as CSV: one row for each window, bar or bin in view. */

import { rowsInView } from "./rows";
import { axisOf, type Figure, type TimeView } from "./figure";

export function csvOf(figure: Figure, time: TimeView): string {
  const rows: (string | number)[][] = [];
  for (const panel of figure.panels) {
    for (const mark of panel.marks) {
      const name = [panel.title, mark.name].filter((part) => part !== "").join(" ");
      if (mark.kind === "line") {
        const { curve } = mark;
        const band = mark.band ?? curve;
        const axis = axisOf(mark, time);
        const [from, to] = rowsInView(curve, axis, time.x0, time.x1);
        for (let i = from; i < to; i++) {
          const x = axis.of(curve.step[i]!);
          rows.push([name, curve.step[i]!, x, curve.value[i]!, band.low[i] ?? NaN, band.high[i] ?? NaN]);
        }
      } else if (mark.kind === "bars") {
        const labels = figure.x.kind === "category" ? figure.x.labels : [];
        for (let i = 0; i < mark.values.length; i++) rows.push([name, labels[i] ?? i, mark.values[i]!]);
      } else if (mark.kind === "trace") {
        for (let i = 0; i < mark.y.length; i++) rows.push([name, placeOf(figure, mark.x[i]!), mark.y[i]!]);
      } else {
        for (let i = 0; i < mark.counts.length; i++) rows.push([name, mark.edges[i]!, mark.edges[i + 1]!, mark.counts[i]!]);
      }
    }
  }
  const kind = figure.panels[0]?.marks[0]?.kind ?? "line";
  return [HEADS[kind](time), ...rows.map((row) => row.map(cell).join(","))].join("\n") + "\n";
}

const HEADS = {
  line: (time: TimeView): string => `series,step,${headOf(time)},value,low,high`,
  bars: (): string => "series,layer,value",
  trace: (): string => "series,x,value",
  outline: (): string => "series,from,to,count",
};

/** Floating-point operations are counted in multiples, which the unit names. */
function headOf({ axis, unit }: TimeView): string {
  return axis.kind === "step" ? "x" : axis.kind === "flops" ? unit : axis.kind;
}

/** Places between categories keep their number. */
function placeOf({ x }: Figure, place: number): string | number {
  return x.kind === "category" ? (x.labels[place] ?? place) : place;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
