/** Names at the ends of lines: moved apart so that none covers another. */

import { colour, lettering, sized, textColour } from "./theme";
import type { Ink } from "./figure";

export interface EndLabel {
  text: string;
  ink: Ink;
  /** Of what is there to compare with, not of a line. */
  quiet?: boolean;
  /** The line's end in pixels. */
  x: number;
  y: number;
}

const HEIGHT = 15;
/** Share of a cut text that is of its end. */
const TAIL = 0.45;
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
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.font = lettering(600);
  const lefts = labels.map((label) => Math.min(label.x + GAP, box.right - ctx.measureText(label.text).width - 2));
  const last = Math.max(...labels.map((label) => label.x));
  const early = labels.map((label) => label.x < last - sized(24));
  // Where it had to move over its own line it stands above it; where others go on behind its end, below.
  const wanted = labels.map((label, i) => (label.x + GAP - lefts[i]! > 8 ? label.y - sized(12) : early[i] ? label.y + sized(12) : label.y));
  const places: number[] = [];
  // Those of lines that end early are out of the others' way.
  for (const group of [true, false]) {
    const members = labels.map((_, i) => i).filter((i) => early[i] === group);
    const found = spread(members.map((i) => wanted[i]!), sized(HEIGHT), box.top + 6, box.bottom - 6);
    members.forEach((i, k) => (places[i] = found[k]!));
  }
  labels.forEach((label, i) => {
    ctx.font = lettering(label.quiet ? 400 : 600);
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
  measure.ctx.font = lettering(600);
  return Math.max(0, ...texts.map((text) => measure.ctx!.measureText(text).width));
}

/** `text`, cut to `length` characters: from the middle, since names that begin alike differ at their ends. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) * TAIL);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}

/** `text` in the context's font, cut where it is wider than `width` pixels. */
export function fitted(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  const whole = ctx.measureText(text).width;
  if (whole <= width) return text;
  let length = Math.min(text.length - 1, Math.ceil((text.length * width) / whole) + 2);
  let found = cut(text, length);
  while (length > 1 && ctx.measureText(found).width > width) found = cut(text, --length);
  return found;
}
