/** A figure as Plotly traces: thinned out and invisible for the hover, whole and visible for a picture. */

import { axisOf, type Figure, type LineMark, type Mark, type Panel, type TimeView } from "./figure";
import type { Trace } from "./plotly";
import { thinned } from "./rows";
import { colour } from "./theme";

/** Points of a line that the hover can find. */
const HOVER_POINTS = 400;

export function tracesOf(figure: Figure, time: TimeView, forPicture: boolean): Trace[] {
  return figure.panels.flatMap((panel, i) => panel.marks.flatMap((mark) => marked(figure, panel, mark, i, time, forPicture)));
}

function marked(figure: Figure, panel: Panel, mark: Mark, index: number, time: TimeView, picture: boolean): Trace[] {
  const suffix = index === 0 ? "" : String(index + 1);
  const axes = { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
  const name = mark.name || panel.title;
  const color = colour(mark.ink.variable);
  if (mark.kind === "bars") {
    const x = Array.from(mark.values, (_, i) => i);
    return [{ ...axes, type: "bar", name, x, y: Array.from(mark.values), marker: { color }, hovertemplate: "%{y:.3g}" }];
  }
  if (mark.kind === "outline") {
    const counts = Array.from(mark.counts);
    const middle = counts.map((_, i) => (mark.edges[i]! + mark.edges[i + 1]!) / 2);
    const line = { color, width: 1.5, shape: "hvh", dash: dashOf(mark.ink.dash) };
    return [{ ...axes, type: "scatter", mode: "lines", name, x: middle, y: counts, line, hovertemplate: "%{x:.3g}: %{y:.3g}" }];
  }
  if (mark.kind === "trace") {
    const line = { color, width: mark.width, dash: dashOf(mark.ink.dash) };
    const mode = mark.dots ? "lines+markers" : "lines";
    const hover = mark.alpha === 1 || picture ? { hovertemplate: "%{y:.3g}" } : { hoverinfo: "skip" };
    return [{ ...axes, ...hover, type: "scatter", mode, name, x: Array.from(mark.x), y: Array.from(mark.y), line, marker: { color, size: 6 }, opacity: mark.alpha }];
  }
  const axis = axisOf(mark, time);
  const rows = thinned(mark.curve, axis, time, picture ? 4000 : HOVER_POINTS);
  const line = { color, width: mark.width, dash: dashOf(mark.ink.dash) };
  const y = rows.map((i) => mark.curve.value[i]!);
  const trace: Trace = {
    ...axes,
    type: "scatter",
    mode: "lines",
    name,
    x: rows.map((i) => axis.of(mark.curve.step[i]!)),
    y,
    line,
    opacity: mark.alpha,
    hovertemplate: "%{y:.3g}",
  };
  if (mark.band !== null && mark.spoken) {
    const { low, high } = mark.band;
    trace["customdata"] = rows.map((i) => [low[i]!, high[i]!]);
    trace["hovertemplate"] = "%{y:.3g} (%{customdata[0]:.3g} – %{customdata[1]:.3g})";
  }
  return picture && mark.band !== null && figure.x.kind === "time" ? [...bandTraces(mark, axes, time, color), trace] : [trace];
}

function bandTraces(mark: LineMark, axes: Record<string, string>, time: TimeView, color: string): Trace[] {
  const band = mark.band!;
  const axis = axisOf(mark, time);
  const rows = thinned(band, axis, time, 2000);
  const x = rows.map((i) => axis.of(band.step[i]!));
  const edge = { ...axes, type: "scatter", mode: "lines", x, line: { width: 0, color }, showlegend: false };
  return [
    { ...edge, y: rows.map((i) => band.low[i]!), hoverinfo: "skip" },
    { ...edge, y: rows.map((i) => band.high[i]!), fill: "tonexty", fillcolor: transparent(color, mark.bandAlpha), hoverinfo: "skip" },
  ];
}

function dashOf(dash: readonly number[]): string {
  return dash.length === 0 ? "solid" : dash.map((d) => `${d}px`).join(",");
}

/** `#rrggbb` with an alpha from 0 to 1. */
function transparent(color: string, alpha: number): string {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}
