/** A recorded picture as paths: one line for each arm with the range over its seeds behind it. Pure. */

import type { RecordedPicture } from "../../api/types";

export interface Box {
  width: number;
  height: number;
}

export interface Drawn {
  line: string;
  band: string;
  /** Where the line ends, and its last value. */
  end: { x: number; y: number; value: number };
}

export interface Scale {
  low: number;
  high: number;
  log: boolean;
}

/** Ends of the vertical axis: shares from 0 to 1, what is positive from 0, decades where it is logarithmic. */
export function scaleOf(picture: RecordedPicture): Scale {
  const values = picture.curves.flatMap((curve) => [...curve.low, ...curve.high]);
  const usable = values.filter((value) => Number.isFinite(value) && (!picture.log || value > 0));
  if (usable.length === 0) return { low: 0, high: 1, log: false };
  const [least, most] = [Math.min(...usable), Math.max(...usable)];
  if (picture.log) return { low: 10 ** Math.floor(Math.log10(least)), high: 10 ** Math.ceil(Math.log10(most)), log: true };
  if (least >= 0 && most <= 1) return { low: 0, high: 1, log: false };
  return { low: Math.min(0, least), high: most > least ? most : least + 1, log: false };
}

export function drawn(picture: RecordedPicture, scale: Scale, box: Box): Drawn[] {
  const x = (step: number): number => (step / Math.max(1, picture.steps)) * box.width;
  const y = (value: number): number => box.height * (1 - shareOf(value, scale));
  return picture.curves.map(({ step, value, low, high }) => {
    const at = (values: readonly number[]): string[] => step.map((one, i) => `${x(one).toFixed(1)} ${y(values[i]!).toFixed(1)}`);
    const last = value.length - 1;
    return {
      line: last < 0 ? "" : `M${at(value).join("L")}`,
      band: last < 0 ? "" : `M${[...at(high), ...at(low).reverse()].join("L")}Z`,
      end: { x: x(step[last] ?? 0), y: y(value[last] ?? NaN), value: value[last] ?? NaN },
    };
  });
}

/** 0 at the lower end of the axis, 1 at the upper; what lies outside is at the end. */
function shareOf(value: number, { low, high, log }: Scale): number {
  const of = (number: number): number => (log ? Math.log10(Math.max(number, Number.MIN_VALUE)) : number);
  const share = (of(value) - of(low)) / (of(high) - of(low) || 1);
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
}
