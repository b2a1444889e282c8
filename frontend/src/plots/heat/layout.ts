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
