/** Moments of a run on a chart over time: a thin vertical line, and at the top what happened then. */

import type { Note } from "./figure";
import type { Box } from "./paint";
import { colour, lettering, sized, textColour } from "./theme";

const ROWS = 4;
const HEIGHT = 14;
/** Pixels between a line and its text, and between two texts. */
const GAP = 4;

export interface Place {
  /** Left end of the text in pixels. */
  left: number;
  /** 0: at the top. */
  row: number;
}

/** A place for each text beside its line: none covers another or leaves the box. Null: no room, the line stands alone. */
export function placeNotes(at: readonly number[], widths: readonly number[], box: { left: number; width: number }): (Place | null)[] {
  const taken: [number, number][][] = Array.from({ length: ROWS }, () => []);
  const right = box.left + box.width;
  return at.map((x, i) => {
    const width = widths[i]!;
    if (!(x >= box.left && x <= right) || width + 2 * GAP > box.width) return null;
    const left = x + GAP + width <= right ? x + GAP : x - GAP - width;
    const row = taken.findIndex((spans) => spans.every(([from, to]) => left > to + GAP || left + width < from - GAP));
    if (row < 0) return null;
    taken[row]!.push([left, left + width]);
    return { left, row };
  });
}

/** The lines; painted below the curves. */
export function paintNoteLines(ctx: CanvasRenderingContext2D, box: Box, at: readonly number[]): void {
  ctx.fillStyle = colour("--muted");
  ctx.globalAlpha = 0.6;
  for (const x of at) if (Number.isFinite(x)) ctx.fillRect(Math.round(x) - 0.5, box.top, 1, box.height);
  ctx.globalAlpha = 1;
}

/** The texts; painted above the curves. */
export function paintNoteTexts(ctx: CanvasRenderingContext2D, box: Box, notes: readonly Note[], at: readonly number[]): void {
  ctx.font = lettering(400, 11);
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const widths = notes.map((note) => ctx.measureText(note.text).width);
  placeNotes(at, widths, box).forEach((place, i) => {
    if (place === null) return;
    const y = box.top + sized(HEIGHT) * (place.row + 0.5);
    ctx.strokeStyle = colour("--surface");
    ctx.lineWidth = 4;
    ctx.strokeText(notes[i]!.text, place.left, y);
    ctx.fillStyle = textColour("--muted");
    ctx.fillText(notes[i]!.text, place.left, y);
  });
}
