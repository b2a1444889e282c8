/** A small still chart as paths: panels side by side on one scale, lines with their ranges behind. Pure. */

import type { ArmStyle } from "../../style/arms";
import { short } from "../../ui/format";
import { linearTicks, logTicks, type Ticks } from "../ticks";

export interface Axis {
  low: number;
  high: number;
  log: boolean;
  /** Settings that were tried, in their order: ticks stand at them. On a logarithmic axis 0 is at the lower end. */
  at?: readonly number[];
}

export interface SketchLine {
  x: readonly number[];
  y: readonly number[];
  /** Ends of the range behind it; empty: none. */
  low: readonly number[];
  high: readonly number[];
  style: ArmStyle;
  /** At its end; empty: none. */
  label: string;
  /** Its last value, to be read; such a line ends with its marker. */
  value?: string;
}

export interface SketchPanel {
  title: string;
  lines: readonly SketchLine[];
}

export interface Box {
  width: number;
  height: number;
}

export interface Drawn {
  line: string;
  band: string;
  /** Where it ends, in pixels. */
  end: { x: number; y: number };
}

export function drawn(line: Pick<SketchLine, "x" | "y" | "low" | "high">, x: Axis, y: Axis, box: Box): Drawn {
  const kept = line.x.map((_, i) => i).filter((i) => Number.isFinite(line.y[i]));
  const at = (values: readonly number[], order: readonly number[]): string[] =>
    order.map((i) => `${(box.width * placeOn(line.x[i]!, x)).toFixed(1)} ${(box.height * (1 - placeOn(values[i]!, y))).toFixed(1)}`);
  const last = kept.at(-1);
  if (last === undefined) return { line: "", band: "", end: { x: 0, y: 0 } };
  return {
    line: `M${at(line.y, kept).join("L")}`,
    band: line.low.length === 0 ? "" : `M${[...at(line.high, kept), ...at(line.low, [...kept].reverse())].join("L")}Z`,
    end: { x: box.width * placeOn(line.x[last]!, x), y: box.height * (1 - placeOn(line.y[last]!, y)) },
  };
}

/** At most about `most` of them, all within the axis. */
export function ticksOf(axis: Axis, most: number): Ticks {
  const { low, high, log, at } = axis;
  if (at !== undefined) {
    const stride = Math.max(1, Math.ceil((at.length - 1) / Math.max(1, most - 1)));
    const values = at.filter((_, i) => i % stride === 0);
    return { values, texts: values.map((value) => short(value)) };
  }
  return log ? logTicks([Math.log10(low), Math.log10(high)], most) : linearTicks([low, high], most, true);
}

/** 0 at the lower end of the axis, 1 at the upper; what lies outside is at the end. */
export function placeOn(value: number, { low, high, log }: Axis): number {
  const of = (number: number): number => (log ? Math.log10(Math.max(number, low / 1e6)) : number);
  const share = (of(value) - of(low)) / (of(high) - of(low) || 1);
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}
