/** Where the panels of a map lie, and what is written at their edges. */

import { HEAD } from "../head";
import type { Box, Size } from "../paint";
import { sized } from "../theme";

const GAP = 10;
/** Below the lowest panels, for the time axis. */
export const FOOT = 18;

/** As many columns as keep a panel `least` pixels wide, the same number in every row if that is possible. */
export function columnsFor(count: number, width: number, least: number): number {
  const most = Math.max(1, Math.min(count, Math.floor((width + GAP) / (least + GAP))));
  const rows = Math.ceil(count / most);
  return Math.max(1, Math.ceil(count / rows));
}

/** `left`: pixels for the rows' names, once at the left edge. */
export function panelsIn(count: number, { width, height }: Size, columns: number, left: number): Box[] {
  const rows = Math.max(1, Math.ceil(count / columns));
  const w = Math.max(1, (width - left - GAP * (columns - 1)) / columns);
  const head = sized(HEAD);
  const h = Math.max(1, (height - sized(FOOT) - GAP * (rows - 1)) / rows - head);
  return Array.from({ length: count }, (_, i) => ({
    left: Math.round(left + (i % columns) * (w + GAP)),
    top: Math.round(head + Math.floor(i / columns) * (h + head + GAP)),
    width: Math.floor(w),
    height: Math.floor(h),
  }));
}

/** Round numbers from `low` to `high`, about `most` of them. */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5, 10].find((factor) => factor * decade >= rough * 0.999) ?? 10);
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high * (1 + 1e-12) + step * 1e-9; at++) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

/** Pixels that two numbers at an axis stay apart at least. */
const APART = 8;

export interface Tick {
  value: number;
  text: string;
  /** Left end of the text in pixels. */
  left: number;
}

/**
 * As many round numbers as have room beside each other over `width` pixels, none beyond its ends. `write` gives a tick's
 * text (the last one may name the unit), `measure` the width of a text.
 */
export function roomyTicks([low, high]: readonly [number, number], width: number, write: (value: number, last: boolean) => string, measure: (text: string) => number): Tick[] {
  for (let most = Math.max(2, Math.floor(width / sized(36))); ; most--) {
    const values = roundTicks(low, high, most);
    const ticks = values.map((value, i): Tick => {
      const text = write(value, i === values.length - 1);
      const x = ((value - low) / (high - low)) * width;
      const wide = measure(text);
      return { value, text, left: Math.max(0, Math.min(x - wide / 2, width - wide)) };
    });
    const apart = (some: readonly Tick[]): boolean => some.every((tick, i) => i === 0 || tick.left >= some[i - 1]!.left + measure(some[i - 1]!.text) + sized(APART));
    if (apart(ticks)) return ticks;
    if (most > 2) continue;
    const ends = [ticks[0]!, ticks.at(-1)!];
    return apart(ends) ? ends : ends.slice(1);
  }
}
