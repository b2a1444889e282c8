/** What the overlay paints beyond the lines, for a picture: moments of the run, each line's best points, and where it ends early. */

import { indexAt } from "../data/curve";
import { axisOf, type Figure, type LineMark, type TimeView } from "./figure";
import { widest } from "./labels";
import { placeNotes } from "./notes";
import type { PlotLayout, Trace } from "./plotly";
import type { Range } from "./range";
import { colour, textColour } from "./theme";

const FONT = 11;
const ROW = 14;

/** A ring at each best point; a cross or, where the line was meant to end, a stroke at its end, with what is written there. */
export function markTraces(figure: Figure, time: TimeView, range: Range): Trace[] {
  if (figure.x.kind !== "time") return [];
  return figure.panels.flatMap((panel, index) => {
    const suffix = index === 0 ? "" : String(index + 1);
    const axes = { type: "scatter", xaxis: `x${suffix}`, yaxis: `y${suffix}`, showlegend: false, cliponaxis: false };
    const lines = panel.marks.filter((mark) => mark.kind === "line");
    return lines.flatMap((mark) => [...bestOf(mark, time), ...endOf(mark, time, figure.y.log, range)].map((trace) => ({ ...axes, ...trace })));
  });
}

function bestOf(mark: LineMark, time: TimeView): Trace[] {
  const { best, curve, ink } = mark;
  const axis = axisOf(mark, time);
  const rows = (best ?? []).map((step) => indexAt(curve.step, curve.n, step)).filter((at) => at >= 0);
  if (rows.length === 0) return [];
  const marker = { symbol: "circle", size: 9, color: colour("--surface"), line: { color: colour(ink.variable), width: 2 } };
  return [{ mode: "markers", x: rows.map((at) => axis.of(curve.step[at]!)), y: rows.map((at) => curve.value[at]!), marker }];
}

function endOf(mark: LineMark, time: TimeView, log: boolean, range: Range): Trace[] {
  const { end, curve, ink } = mark;
  let last = curve.n - 1;
  while (last >= 0 && !Number.isFinite(curve.value[last]!)) last -= 1;
  if (end === null || last < 0) return [];
  const [low, high] = log ? range.map((power) => 10 ** power) : range;
  const y = Math.min(high!, Math.max(low!, curve.value[last]!)); // what runs off ends at the edge
  const marker = { symbol: end.calm ? "line-ns" : "x-thin", size: 10, line: { color: colour(ink.variable), width: 2 } };
  const x = axisOf(mark, time).of(curve.step[last]!);
  const textposition = x - time.x0 < (time.x1 - time.x0) / 2 ? "top right" : "top left";
  const text = { mode: "markers+text", text: [end.text], textposition, textfont: { size: FONT, color: textColour(ink.variable) } };
  return [{ ...text, x: [x], y: [y], marker }];
}

/** A thin line at each note's moment, and its text beside it at the top, as on the page. `width`: of the plot, in pixels. */
export function noteLayout(figure: Figure, time: TimeView, width: number): Pick<PlotLayout, "shapes" | "annotations"> {
  const notes = (figure.x.kind === "time" ? (figure.notes ?? []) : [])
    .map((note) => ({ ...note, x: time.axis.of(note.step) }))
    .filter(({ x }) => x >= time.x0 && x <= time.x1);
  const perUnit = width / (time.x1 - time.x0);
  const pixels = notes.map(({ x }) => (x - time.x0) * perUnit);
  const places = placeNotes(pixels, notes.map(({ text }) => widest([text])), { left: 0, width });
  const at = { xref: "x" as const, yref: "paper" as const };
  return {
    shapes: notes.map(({ x }) => ({ ...at, type: "line" as const, layer: "below" as const, x0: x, x1: x, y0: 0, y1: 1, line: { color: colour("--muted"), width: 1 }, opacity: 0.6 })),
    annotations: notes.flatMap(({ x, text }, i) => {
      const place = places[i];
      if (!place) return [];
      const left = place.left < pixels[i]!;
      const font = { size: FONT, color: textColour("--muted") };
      const shift = { xshift: left ? -4 : 4, yshift: -ROW * place.row };
      return [{ ...at, ...shift, bgcolor: colour("--surface"), borderpad: 0, x, y: 1, text, font, showarrow: false, xanchor: left ? ("right" as const) : ("left" as const), yanchor: "top" as const }];
    }),
  };
}

/** The figure's rules across each of its panels, with what they stand for. */
export function ruleLayout(figure: Figure): Pick<PlotLayout, "shapes" | "annotations"> {
  const found = figure.panels.flatMap((_, i) => (figure.rules ?? []).map((rule) => ({ ...rule, suffix: i === 0 ? "" : String(i + 1) })));
  const line = { color: colour("--muted"), width: 1, dash: "dash" as const };
  const font = { size: FONT, color: textColour("--muted") };
  return {
    shapes: found.map(({ value, suffix }) => ({ type: "line" as const, layer: "below" as const, xref: `x${suffix} domain` as "x", yref: `y${suffix}` as "y", x0: 0, x1: 1, y0: value, y1: value, line })),
    annotations: found.map(({ value, text, suffix }) => ({
      ...{ xref: `x${suffix} domain` as "x", yref: `y${suffix}` as "y", x: 1, y: figure.y.log ? Math.log10(value) : value },
      ...{ text, font, showarrow: false, xanchor: "right" as const, yanchor: "bottom" as const },
    })),
  };
}
