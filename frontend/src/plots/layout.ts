/** A figure's Plotly layout: hairline grid, shared scales, room for labels. */

import type { Figure, TimeView } from "./figure";
import type { PlotLayout } from "./plotly";
import type { Range } from "./range";
import { colour, fontFamily } from "./theme";

export interface Frame {
  width: number;
  height: number;
  /** Pixels kept free on the right, for labels at the lines' ends. */
  right: number;
  yRange: Range;
  time: TimeView;
  /** A maximised chart has room for more ticks. */
  large: boolean;
}

const LEFT = 42;
const TOP = 8;
const BOTTOM = 22;
const GAP = 12;
const TITLE = 18;

export function layoutOf(figure: Figure, frame: Frame): PlotLayout {
  const { panels } = figure;
  const columns = Math.max(1, Math.min(figure.columns, panels.length));
  const rows = Math.max(1, Math.ceil(panels.length / columns));
  const title = panels.some((panel) => panel.title !== "") ? TITLE : 0;
  const top = TOP + title;
  const inner = { width: Math.max(1, frame.width - LEFT - frame.right), height: Math.max(1, frame.height - top - BOTTOM) };
  const layout: PlotLayout = {
    width: frame.width,
    height: frame.height,
    margin: { l: LEFT, r: frame.right, t: top, b: BOTTOM, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: fontFamily(), size: 12, color: colour("--muted") },
    showlegend: false,
    hovermode: figure.x.kind === "time" || figure.x.kind === "category" ? "x unified" : "closest",
    hoverlabel: {
      bgcolor: colour("--surface"),
      bordercolor: colour("--hairline"),
      font: { family: fontFamily(), size: 12, color: colour("--ink") },
      namelength: 24,
    },
    dragmode: figure.x.kind === "time" ? "zoom" : false,
    barmode: "group",
    transition: { duration: 0, easing: "linear", ordering: "layout first" },
  };
  panels.forEach((_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const suffix = i === 0 ? "" : String(i + 1);
    layout[`xaxis${suffix}`] = {
      ...xAxis(figure, frame, inner.width / columns, row === rows - 1 || i + columns >= panels.length),
      domain: share(column, columns, GAP / inner.width),
      anchor: `y${suffix}`,
    };
    const [low, high] = share(row, rows, (GAP + title) / inner.height);
    layout[`yaxis${suffix}`] = {
      ...yAxis(figure, frame, inner.height / rows, column === 0),
      domain: [1 - high, 1 - low],
      anchor: `x${suffix}`,
    };
  });
  return layout;
}

function xAxis(figure: Figure, frame: Frame, width: number, labelled: boolean): Record<string, unknown> {
  const common = {
    showgrid: false,
    zeroline: false,
    linecolor: colour("--hairline"),
    showline: true,
    ticks: "",
    fixedrange: figure.x.kind !== "time",
    showticklabels: labelled,
    tickangle: 0,
    automargin: false,
    spikecolor: colour("--muted"),
    spikethickness: 1,
    spikedash: "solid",
    unifiedhovertitle: { text: figure.x.kind === "time" ? `${frame.time.unit} %{x:,.6~g}` : "%{x}" },
  };
  if (figure.x.kind === "category") {
    const { labels } = figure.x;
    return { ...common, type: "linear", range: [-0.5, labels.length - 0.5], tickvals: labels.map((_, i) => i), ticktext: labels };
  }
  if (figure.x.kind === "number") {
    const range = [...(figure.x.range ?? [-1, 1])];
    return { ...common, type: "linear", range, nticks: Math.max(2, Math.floor(width / 60)), tickformat: "~g" };
  }
  return {
    ...common,
    type: "linear",
    range: [frame.time.x0, frame.time.x1],
    nticks: Math.max(2, Math.floor(width / (frame.large ? 90 : 70))),
    tickformat: ",.6~g",
    separatethousands: true,
  };
}

function yAxis(figure: Figure, frame: Frame, height: number, labelled: boolean): Record<string, unknown> {
  const decades = frame.yRange[1] - frame.yRange[0];
  return {
    type: figure.y.log ? "log" : "linear",
    range: [...frame.yRange],
    gridcolor: colour("--hairline"),
    gridwidth: 1,
    zeroline: !figure.y.log && figure.y.include === 0,
    zerolinecolor: colour("--outline"),
    zerolinewidth: 1,
    showline: false,
    ticks: "",
    showticklabels: labelled,
    nticks: Math.max(2, Math.floor(height / 34)),
    ...(figure.y.log ? { dtick: decades > 1.2 ? Math.max(1, Math.ceil(decades / Math.max(2, height / 30))) : "D2" } : {}),
    exponentformat: "power",
    tickformat: figure.y.log ? "" : "~g",
    fixedrange: false,
    automargin: false,
  };
}

/** Place `i` of `n` on a domain from 0 to 1 with `gap` in between. */
function share(i: number, n: number, gap: number): [number, number] {
  const size = (1 - gap * (n - 1)) / n;
  const from = Math.max(0, i * (size + gap));
  return [from, Math.min(1, from + size)];
}
