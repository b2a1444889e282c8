/** Marks on a canvas, in pixels. Whoever calls sets the transform to CSS pixels and the clip to the box. */

import type { PixelColumns } from "../data/decimate";
import { colour, sized } from "./theme";
import type { Ink } from "./figure";

/** In CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Scale {
  box: Box;
  log: boolean;
  /** In the axis' own numbers: log10 on a logarithmic one. */
  range: readonly [number, number];
}

/** Beyond this canvas paths lose precision. */
const FAR = 4000;

/** Pixels from the top of the canvas. */
export function yOf(scale: Scale, value: number): number {
  const v = scale.log ? Math.log10(Math.max(value, 1e-30)) : value;
  const [a, b] = scale.range;
  const y = scale.box.top + scale.box.height * (1 - (v - a) / (b - a));
  return y < -FAR ? -FAR : y > FAR ? FAR : y;
}

export function paintBand(ctx: CanvasRenderingContext2D, scale: Scale, c: PixelColumns, ink: Ink, alpha: number): void {
  ctx.fillStyle = ctx.strokeStyle = colour(ink.variable);
  const old = ctx.globalAlpha;
  ctx.globalAlpha = old * alpha;
  let from = 0;
  while (from < c.n) {
    let to = from + 1;
    while (to < c.n && !c.gap[to]) to += 1;
    band(ctx, scale, c, from, to);
    from = to;
  }
  ctx.globalAlpha = old;
}

function band(ctx: CanvasRenderingContext2D, scale: Scale, c: PixelColumns, from: number, to: number): void {
  const { left } = scale.box;
  ctx.beginPath();
  for (let i = from; i < to; i++) ctx.lineTo(left + c.x[i]!, yOf(scale, c.high[i]!) - 0.25);
  for (let i = to - 1; i >= from; i--) ctx.lineTo(left + c.x[i]!, yOf(scale, c.low[i]!) + 0.25);
  ctx.closePath();
  ctx.fill();
}

export interface Pen {
  width: number;
  alpha: number;
  dash: readonly number[];
}

/** The line; `tail` (x and y in pixels) is joined to its end. */
export function paintLine(
  ctx: CanvasRenderingContext2D,
  scale: Scale,
  c: PixelColumns,
  ink: Ink,
  pen: Pen,
  tail: { x: number; y: number } | null,
): void {
  const { left } = scale.box;
  const old = ctx.globalAlpha;
  ctx.globalAlpha = old * pen.alpha;
  ctx.strokeStyle = colour(ink.variable);
  ctx.lineWidth = sized(pen.width);
  ctx.lineJoin = "bevel";
  ctx.lineCap = "butt";
  ctx.setLineDash(pen.dash as number[]);
  ctx.beginPath();
  for (let i = 0; i < c.n; i++) {
    const x = left + c.x[i]!;
    const first = yOf(scale, c.first[i]!);
    if (i === 0 || c.gap[i]) ctx.moveTo(x, first);
    else ctx.lineTo(x, first);
    const low = c.min[i]!;
    const high = c.max[i]!;
    if (low === high) continue;
    ctx.lineTo(x, yOf(scale, low));
    ctx.lineTo(x, yOf(scale, high));
    ctx.lineTo(x, yOf(scale, c.last[i]!));
  }
  if (tail !== null && c.n > 0) ctx.lineTo(tail.x, tail.y);
  ctx.stroke();
  ctx.setLineDash([]);
  if (c.n === 1 && tail === null) dot(ctx, left + c.x[0]!, yOf(scale, c.last[0]!), Math.max(2, pen.width));
  ctx.globalAlpha = old;
}

export function dot(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.fillStyle = ctx.strokeStyle;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
}

/** One bar in each category; `from` and `to` in pixels are the category's ends. */
export function paintBar(ctx: CanvasRenderingContext2D, scale: Scale, x: number, width: number, v: number, ink: Ink): void {
  if (!Number.isFinite(v)) return;
  const { top, height } = scale.box;
  const base = scale.log ? top + height : Math.min(top + height, yOf(scale, 0));
  const y = yOf(scale, v);
  ctx.fillStyle = colour(ink.variable);
  ctx.fillRect(x, Math.min(y, base), width, Math.max(1, Math.abs(base - y)));
}

/** A histogram as a filled outline; `edges` in pixels. */
export function paintOutline(
  ctx: CanvasRenderingContext2D,
  scale: Scale,
  edges: ArrayLike<number>,
  counts: ArrayLike<number>,
  ink: Ink,
  fill: number,
): void {
  const base = yOf(scale, 0);
  ctx.fillStyle = ctx.strokeStyle = colour(ink.variable);
  ctx.beginPath();
  ctx.moveTo(edges[0]!, base);
  for (let i = 0; i < counts.length; i++) {
    const y = yOf(scale, counts[i]!);
    ctx.lineTo(edges[i]!, y);
    ctx.lineTo(edges[i + 1]!, y);
  }
  ctx.lineTo(edges[counts.length]!, base);
  const old = ctx.globalAlpha;
  ctx.globalAlpha = old * fill;
  ctx.fill();
  ctx.globalAlpha = old;
  ctx.lineWidth = 1.5;
  ctx.setLineDash(ink.dash as number[]);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A thin vertical line over the whole box. */
/** Where an arm's line ends before the others. */
export function paintEnd(ctx: CanvasRenderingContext2D, box: Box, x: number, variable: string): void {
  ctx.strokeStyle = colour(variable === "" ? "--ink" : variable);
  ctx.lineWidth = 1.5;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(x, box.top);
  ctx.lineTo(x, box.top + box.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

export function paintCursor(ctx: CanvasRenderingContext2D, box: Box, x: number, variable = "--ink"): void {
  if (x < box.left - 0.5 || x > box.left + box.width + 0.5) return;
  ctx.fillStyle = colour(variable);
  ctx.globalAlpha = 0.55;
  ctx.fillRect(Math.round(x) - 0.5, box.top, 1, box.height);
  ctx.globalAlpha = 1;
}
