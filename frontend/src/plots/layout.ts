/** A figure's Plotly layout: hairline grid, shared scales, room for labels. */

import type { Figure, TimeView } from "./figure";
import type { PlotLayout } from "./plotly";
import type { Range } from "./range";
import { colour, fontFamily, sized } from "./theme";
import { linearTicks, logTicks, type Ticks } from "./ticks";

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

/** For labels of five characters; longer ones get two or four more, so that a moving scale seldom moves the plot. */
const LEFT = 42;
const TOP = 8;
const BOTTOM = 22;
const GAP = { column: 30, row: 12 };
/** A unit over the axis needs a line of its own. */
const UNIT = 14;
const TITLE = 18;

export function layoutOf(figure: Figure, frame: Frame): PlotLayout {
  const { panels } = figure;
  const columns = Math.max(1, Math.min(figure.columns, panels.length));
  const rows = Math.max(1, Math.ceil(panels.length / columns));
  const title = panels.some((panel) => panel.title !== "") ? sized(TITLE) : 0;
  const top = sized(TOP) + Math.max(title, figure.y.unit === "" ? 0 : sized(UNIT));
  const height = Math.max(1, frame.height - top - sized(BOTTOM));
  const ticks = yTicks(figure, frame, height / rows);
  const left = roomFor(ticks.texts);
  const inner = { width: Math.max(1, frame.width - left - frame.right), height };
  const layout: PlotLayout = {
    width: frame.width,
    height: frame.height,
    margin: { l: left, r: frame.right, t: top, b: sized(BOTTOM), pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: fontFamily(), size: sized(12), color: colour("--muted") },
    showlegend: false,
    separators: ".\u202f",
    hovermode: figure.x.kind === "time" || figure.x.kind === "category" ? "x unified" : "closest",
    hoverlabel: {
      bgcolor: colour("--surface"),
      bordercolor: colour("--hairline"),
      font: { family: fontFamily(), size: sized(12), color: colour("--ink") },
      namelength: 24,
    },
    dragmode: figure.x.kind === "time" ? "zoom" : false,
    barmode: "group",
  };
  panels.forEach((_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const suffix = i === 0 ? "" : String(i + 1);
    layout[`xaxis${suffix}`] = {
      ...xAxis(figure, frame, inner.width / columns, row === rows - 1 || i + columns >= panels.length),
      domain: share(column, columns, sized(GAP.column) / inner.width),
      anchor: `y${suffix}`,
    };
    const [low, high] = share(row, rows, (sized(GAP.row) + title) / inner.height);
    layout[`yaxis${suffix}`] = {
      ...yAxis(figure, frame, ticks, column === 0),
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
    // Else every tick label is measured after each drawing: a third of its time.
    ticklabeloverflow: "allow",
    spikecolor: colour("--muted"),
    spikethickness: 1,
    spikedash: "solid",
    unifiedhovertitle: { text: figure.x.kind === "time" ? `${frame.time.unit} %{x:,.6~g}` : "%{x}" },
  };
  if (figure.x.kind === "category") {
    const { labels } = figure.x;
    const shown = readable(labels, width);
    return { ...common, type: "linear", range: [-0.5, labels.length - 0.5], tickvals: shown, ticktext: shown.map((i) => labels[i]) };
  }
  if (figure.x.kind === "number") {
    const range = [...(figure.x.range ?? [-1, 1])];
    return { ...common, type: "linear", range, ...placed(linearTicks([range[0]!, range[1]!], Math.max(2, Math.floor(width / sized(48))))) };
  }
  return {
    ...common,
    type: "linear",
    range: [frame.time.x0, frame.time.x1],
    ...placed(timeTicks(frame, width)),
  };
}

/** Pixels that a digit and the room between two labels need. */
const DIGIT = 7;
const APART = 8;

/** Places of the labels that fit beside each other: every one, every second, fifth, tenth, ..., and the last as long as it touches none. */
export function readable(labels: readonly string[], width: number): number[] {
  const each = width / Math.max(1, labels.length);
  const need = sized(DIGIT) * Math.max(1, ...labels.map((label) => label.length)) + APART;
  const stride = [1, 2, 5, 10, 20, 50, 100].find((one) => one * each >= need) ?? labels.length;
  const shown = labels.map((_, i) => i).filter((i) => i % stride === 0);
  const last = labels.length - 1;
  if (shown.at(-1) !== last && last >= 0) {
    if ((last - shown.at(-1)!) * each < need) shown.pop();
    shown.push(last);
  }
  return shown;
}

/** Given, not left to Plotly, so that they stand where they stood before its code was there. */
const placed = ({ values, texts }: Ticks): Record<string, unknown> => ({ tickmode: "array", tickvals: values, ticktext: texts });

/** As many as there is room for; else one in the middle, so that neighbours do not touch. */
function timeTicks(frame: Frame, width: number): Ticks {
  const { x0, x1 } = frame.time;
  if (width > sized(130)) return linearTicks([x0, x1], Math.max(3, Math.floor(width / (sized(frame.large ? 90 : 64)))), true);
  const middle = (x0 + x1) / 2;
  const unit = 10 ** Math.floor(Math.log10((x1 - x0) / 2));
  const ticks = linearTicks([x0, x1], (x1 - x0) / unit, true);
  const at = ticks.values.findIndex((value) => value >= middle - unit / 2);
  return at < 0 ? { values: [], texts: [] } : { values: [ticks.values[at]!], texts: [ticks.texts[at]!] };
}

function yTicks(figure: Figure, frame: Frame, height: number): Ticks {
  const most = Math.max(3, Math.floor(height / sized(frame.large ? 56 : 28)));
  return figure.y.log ? logTicks(frame.yRange, most) : linearTicks(frame.yRange, most);
}

/** Pixels left of the plot: superscripts are narrow, dots and minus signs too. */
export function roomFor(texts: readonly string[]): number {
  const widths = texts.map((text) => [...text].reduce((sum, letter) => sum + ("⁰¹²³⁴⁵⁶⁷⁸⁹⁻.\u202f".includes(letter) ? 0.6 : 1), 0));
  const widest = Math.max(0, ...widths);
  return sized(LEFT + 2 * DIGIT * Math.max(0, Math.ceil((widest - 4.7) / 2)));
}

function yAxis(figure: Figure, frame: Frame, ticks: Ticks, labelled: boolean): Record<string, unknown> {
  const { log, include } = figure.y;
  return {
    type: log ? "log" : "linear",
    range: [...frame.yRange],
    gridcolor: colour("--hairline"),
    gridwidth: 1,
    zeroline: !log && include === 0,
    zerolinecolor: colour("--outline"),
    zerolinewidth: 1,
    showline: false,
    ticks: "",
    showticklabels: labelled,
    ...placed(ticks),
    hoverformat: ".3g",
    fixedrange: false,
    automargin: false,
    ticklabeloverflow: "allow",
  };
}

/** Place `i` of `n` on a domain from 0 to 1 with `gap` in between. */
function share(i: number, n: number, gap: number): [number, number] {
  const size = (1 - gap * (n - 1)) / n;
  const from = Math.max(0, i * (size + gap));
  return [from, Math.min(1, from + size)];
}
