/** Names at the ends of lines: moved apart so that none covers another. */

import { colour, fontFamily, textColour } from "./theme";
import type { Ink } from "./figure";

export interface EndLabel {
  text: string;
  ink: Ink;
  /** The line's end in pixels. */
  x: number;
  y: number;
}

const HEIGHT = 15;
/** Pixels between a line's end and its label. */
const GAP = 6;

/** Places for labels wanted at `wanted`, at least `height` apart, between `top` and `bottom`; the order is kept. */
export function spread(wanted: readonly number[], height: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const places = order.map((i) => Math.min(bottom, Math.max(top, wanted[i]!)));
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + height);
  let limit = bottom;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i]!, limit);
    limit = places[i]! - height;
  }
  const result: number[] = [];
  order.forEach((label, i) => (result[label] = places[i]!));
  return result;
}

export function paintLabels(ctx: CanvasRenderingContext2D, labels: readonly EndLabel[], box: { top: number; bottom: number; right: number }): void {
  ctx.font = `600 12px ${fontFamily()}`;
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const lefts = labels.map((label) => Math.min(label.x + GAP, box.right - ctx.measureText(label.text).width - 2));
  // Where it had to move over its own line it stands above it.
  const wanted = labels.map((label, i) => (label.x + GAP - lefts[i]! > 8 ? label.y - 12 : label.y));
  const places = spread(wanted, HEIGHT, box.top + 6, box.bottom - 6);
  labels.forEach((label, i) => {
    ctx.strokeStyle = colour("--surface");
    ctx.lineWidth = 4;
    ctx.strokeText(label.text, lefts[i]!, places[i]!);
    ctx.fillStyle = textColour(label.ink.variable);
    ctx.fillText(label.text, lefts[i]!, places[i]!);
  });
}

const measure = { ctx: null as CanvasRenderingContext2D | null };

/** Width of the widest label in pixels. */
export function widest(texts: readonly string[]): number {
  measure.ctx ??= document.createElement("canvas").getContext("2d");
  if (measure.ctx === null) return 0;
  measure.ctx.font = `600 12px ${fontFamily()}`;
  return Math.max(0, ...texts.map((text) => measure.ctx!.measureText(text).width));
}

/** `text`, cut to `length` characters with an ellipsis. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
