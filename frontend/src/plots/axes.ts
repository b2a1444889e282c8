/**
 * The axes of a chart from its layout alone: where Plotly will put them, and how it will draw them, on a canvas, until its
 * code is there. Its rules: `plots.js` (margins), `axes.js` (domains, grid, labels).
 */

import type { PlotLayout } from "./plotly";

export interface AxisBox {
  /** Pixels from the left (x) or top (y) edge of the plot. */
  offset: number;
  length: number;
  range: readonly [number, number];
}

export interface PanelAxes {
  x: AxisBox;
  y: AxisBox;
}

/** What `layoutOf` says of an axis. */
interface Axis {
  type: "linear" | "log";
  range: [number, number];
  domain: [number, number];
  /** In data numbers, on a logarithmic axis too. */
  tickvals: number[];
  ticktext: string[];
  showticklabels: boolean;
  zeroline: boolean;
  zerolinecolor?: string;
  gridcolor?: string;
  linecolor?: string;
}

/** The text's middle, above its baseline, in parts of the font's size. */
const MIDDLE = 0.35;
/** From the axis to the baseline of the labels below it, beyond the font's size. */
const BELOW = 3.4;

const axisOf = (layout: PlotLayout, letter: "x" | "y", index: number): Axis =>
  layout[`${letter}axis${index === 0 ? "" : String(index + 1)}`] as Axis;

/** Where panel `index` (from 0) will lie. */
export function boxesOf(layout: PlotLayout, index: number): PanelAxes {
  const { l = 0, r = 0, t = 0, b = 0 } = layout.margin ?? {};
  const [left, top] = [Math.round(l), Math.round(t)];
  const width = layout.width! - left - Math.round(r);
  const height = layout.height! - top - Math.round(b);
  const x = axisOf(layout, "x", index);
  const y = axisOf(layout, "y", index);
  return {
    x: { offset: left + x.domain[0] * width, length: width * (x.domain[1] - x.domain[0]), range: x.range },
    y: { offset: top + (1 - y.domain[1]) * height, length: height * (y.domain[1] - y.domain[0]), range: y.range },
  };
}

/** Grid, lines and labels of panel `index`. */
export function paintAxes(ctx: CanvasRenderingContext2D, layout: PlotLayout, index: number): void {
  const { x: across, y: up } = boxesOf(layout, index);
  const x = axisOf(layout, "x", index);
  const y = axisOf(layout, "y", index);
  const bottom = up.offset + up.length;
  ctx.save();
  ctx.font = `${layout.font!.size!}px ${layout.font!.family!}`;
  ctx.textBaseline = "alphabetic";
  const size = layout.font!.size!;
  const label = layout.font!.color as string;
  y.tickvals.forEach((value, i) => {
    const at = up.offset + up.length * (1 - share(y, value));
    ctx.fillStyle = (y.zeroline && value === 0 ? y.zerolinecolor : y.gridcolor) ?? label;
    // None at the panel's edges.
    if (at > up.offset + 1 && at < bottom - 1) ctx.fillRect(across.offset, Math.floor(at), across.length, 1);
    if (!y.showticklabels) return;
    ctx.textAlign = "right";
    ctx.fillStyle = label;
    ctx.fillText(y.ticktext[i]!, across.offset - 1, at + MIDDLE * size);
  });
  ctx.fillStyle = x.linecolor ?? label;
  ctx.fillRect(across.offset, Math.round(bottom), across.length, 1);
  ctx.textAlign = "center";
  ctx.fillStyle = label;
  x.tickvals.forEach((value, i) => {
    if (x.showticklabels) ctx.fillText(x.ticktext[i]!, across.offset + across.length * share(x, value), bottom + BELOW + size);
  });
  ctx.restore();
}

/** Place on the axis, from 0 to 1. */
function share({ type, range: [from, to] }: Axis, value: number): number {
  return ((type === "log" ? Math.log10(value) : value) - from) / (to - from);
}
