/** Names at the ends of lines: moved apart so that none covers another. */

import { colour, lettering, sized, textColour } from "./theme";
import type { Ink } from "./figure";
import { spread } from "./spread";

export interface EndLabel {
  text: string;
  ink: Ink;
  /** The line's end is marked by a dot, which may reach beyond the plot. */
  dotted?: boolean;
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
/** Pixels that two texts of one height stay apart. */
const NEAR = 8;

export function paintLabels(ctx: CanvasRenderingContext2D, labels: readonly EndLabel[], box: { top: number; bottom: number; right: number }): void {
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const widths = labels.map((label) => {
    ctx.font = fontOf(label);
    return ctx.measureText(label.text).width;
  });
  const lefts = labels.map((label, i) => Math.min(label.x + GAP, box.right - widths[i]! - 2));
  const last = Math.max(...labels.map((label) => label.x));
  const early = labels.map((label) => label.x < last - sized(24));
  // Where it had to move over its own line it stands above it; where others go on behind its end, below.
  const wanted = labels.map((label, i) => (label.x + GAP - lefts[i]! > 8 ? label.y - sized(12) : early[i] ? label.y + sized(12) : label.y));
  const spans = labels.map((_, i): Span => [lefts[i]!, lefts[i]! + widths[i]!]);
  const places = placed(spans, wanted, early, sized(HEIGHT), box);
  labels.forEach((label, i) => {
    ctx.font = fontOf(label);
    ctx.strokeStyle = colour("--surface");
    ctx.lineWidth = 4;
    ctx.strokeText(label.text, lefts[i]!, places[i]!);
    ctx.fillStyle = textColour(label.ink.variable);
    ctx.fillText(label.text, lefts[i]!, places[i]!);
  });
}

function fontOf(label: EndLabel): string {
  return lettering(label.quiet ? 400 : 600);
}

/** Left and right end in pixels. */
export type Span = readonly [number, number];

/** Those of lines that end early are out of the others' way as a rule; where one would touch another's name it gives way. */
export function placed(spans: readonly Span[], wanted: readonly number[], early: readonly boolean[], height: number, box: { top: number; bottom: number }): number[] {
  const [top, bottom] = [box.top + 6, box.bottom - 6];
  const places: number[] = [];
  const of = (group: boolean): number[] => wanted.map((_, i) => i).filter((i) => early[i] === group);
  const settle = (members: readonly number[]): void => spread(members.map((i) => wanted[i]!), height, top, bottom).forEach((y, k) => (places[members[k]!] = y));
  const late = of(false);
  settle(late);
  settle(of(true));
  for (const i of of(true)) {
    const near = late.filter((other) => spans[i]![1] + NEAR > spans[other]![0] && Math.abs(places[i]! - places[other]!) < height).map((other) => places[other]!);
    if (near.length === 0) continue;
    const above = Math.min(...near) - height;
    places[i] = above >= top ? above : Math.min(bottom, Math.max(...near) + height);
  }
  return places;
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
