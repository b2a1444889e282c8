/** A recorded figure as paths: panels side by side on one scale, a line for each network with its range behind. Pure. */

import type { RecordedFigure } from "../../api/types";
import { armStyles, type ArmStyle } from "../../style/arms";

export interface Box {
  width: number;
  height: number;
}

export interface Axis {
  low: number;
  high: number;
  log: boolean;
}

export interface Drawn {
  line: string;
  band: string;
  /** Where it ends, in pixels. */
  end: { x: number; y: number };
}

type Line = RecordedFigure["lines"][number];

/** Settings are tried in multiples. */
const MULTIPLES: ReadonlySet<string> = new Set(["rate", "gain", "batch", "decay", "width"]);
const LINES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4]];

export function panelsOf(figure: RecordedFigure): { name: string; lines: Line[] }[] {
  const names = [...new Set(figure.lines.map((line) => line.panel))];
  return names.map((name) => ({ name, lines: figure.lines.filter((line) => line.panel === name) }));
}

/** Shares from 0 to 1, whole decades where it is logarithmic, else what was measured, with 0 where that is near. */
export function vertical(figure: RecordedFigure): Axis {
  const values = figure.lines.flatMap((line) => [...line.y, ...line.low, ...line.high]);
  const usable = values.filter((value) => Number.isFinite(value) && (!figure.log || value > 0));
  if (figure.share || usable.length === 0) return { low: 0, high: 1, log: false };
  const [least, most] = [Math.min(...usable), Math.max(...usable)];
  if (figure.log) return { low: 10 ** Math.floor(Math.log10(least)), high: 10 ** Math.ceil(Math.log10(most)), log: true };
  return { low: least >= 0 ? 0 : least, high: most > least ? most : least + 1, log: false };
}

/** From 0 over time, and from the least to the greatest of settings; 0 of these stands one step before the others. */
export function horizontal(figure: RecordedFigure): Axis {
  const values = figure.lines.flatMap((line) => line.x).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return { low: 0, high: 1, log: false };
  const positive = values.filter((value) => value > 0);
  if (MULTIPLES.has(figure.x) && positive.length > 0) {
    const first = Math.min(...positive);
    return { low: least > 0 ? first : first / 3, high: Math.max(most, first * 1.01), log: true };
  }
  const low = figure.x === "layer" ? least : 0;
  return { low, high: most > low ? most : low + 1, log: false };
}

export function drawn(line: Line, x: Axis, y: Axis, box: Box): Drawn {
  const kept = line.x.map((_, i) => i).filter((i) => Number.isFinite(line.y[i]));
  const at = (values: readonly number[], order: readonly number[]): string[] =>
    order.map((i) => `${(box.width * shareOf(line.x[i]!, x)).toFixed(1)} ${(box.height * (1 - shareOf(values[i]!, y))).toFixed(1)}`);
  const last = kept.at(-1);
  if (last === undefined) return { line: "", band: "", end: { x: 0, y: 0 } };
  return {
    line: `M${at(line.y, kept).join("L")}`,
    band: line.low.length === 0 ? "" : `M${[...at(line.high, kept), ...at(line.low, [...kept].reverse())].join("L")}Z`,
    end: { x: box.width * shareOf(line.x[last]!, x), y: box.height * (1 - shareOf(line.y[last]!, y)) },
  };
}

/** 0 at the lower end of the axis, 1 at the upper; what lies outside is at the end. */
function shareOf(value: number, { low, high, log }: Axis): number {
  const of = (number: number): number => (log ? Math.log10(Math.max(number, low / 1e6)) : number);
  const share = (of(value) - of(low)) / (of(high) - of(low) || 1);
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}

/** The colour says the network, the dash what else tells a line from others of its network. */
export function stylesOf(figure: RecordedFigure): (line: Line) => ArmStyle {
  const arms = [...new Set(figure.lines.map((line) => line.arm))];
  const others = [...new Set(figure.lines.map((line) => line.of))];
  const styles = armStyles(arms.map(kindOf));
  return ({ arm, of }) => {
    const style = styles[arms.indexOf(arm)]!;
    return others.length > 1 ? { ...style, dash: LINES[others.indexOf(of) % LINES.length]! } : style;
  };
}

/** The norm that a network's name speaks of. */
function kindOf(arm: string): string {
  if (/^(no norm|none|plain)$/i.test(arm)) return "none";
  if (/^(batch|BN$|BatchNorm$)/i.test(arm)) return "batch";
  if (/^layer/i.test(arm)) return "layer";
  return /^group/i.test(arm) ? "group" : arm;
}
