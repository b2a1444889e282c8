/** Ticks of an axis and their texts. A logarithmic one has decades; 1-2-5 between them where there are few. */

import { fixed, short } from "../ui/format";

export interface Ticks {
  values: number[];
  texts: string[];
}

/** `range` in log10; at most about `most` ticks. */
export function logTicks(range: readonly [number, number], most: number): Ticks {
  const [low, high] = range;
  const decades = high - low;
  const first = Math.floor(low);
  const last = Math.ceil(high);
  const stride = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const factors = decades * 3 <= most + 1 ? [1, 2, 5] : decades * 2 <= most + 1 ? [1, 3] : [1];
  const values: number[] = [];
  for (let power = first; power <= last; power++) {
    if (power % stride !== 0) continue;
    for (const factor of factors) {
      const at = power + Math.log10(factor);
      if (at >= low - 1e-9 && at <= high + 1e-9) values.push(factor * 10 ** power);
    }
  }
  // Less than a decade may have none of them.
  if (values.length < 2) return within(range, most);
  return { values, texts: values.map((value) => written(value)) };
}

/** Evenly distant numbers on a logarithmic axis that spans little. */
function within([low, high]: readonly [number, number], most: number): Ticks {
  const values = linearTicks([10 ** low, 10 ** high], Math.min(most, FEW)).values.filter((value) => value > 0);
  return { values, texts: values.map((value) => written(value)) };
}

const FEW = 4;
/** Numbers from which a scale is written in thousands, millions, ... */
const LONG = 1e4;
/** Numbers below which a scale is written with powers of ten. */
const TINY = 1e-4;
const PREFIXES = ["", "k", "M", "G", "T"];

/** Ticks at multiples of 1, 2 or 5 times a power of ten, at most about `most`. `whole`: 20 000 rather than 20k. */
export function linearTicks(range: readonly [number, number], most: number, whole = false): Ticks {
  const [low, high] = range;
  const rough = (high - low) / Math.max(1, most);
  const power = Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((one) => one * 10 ** power >= rough * (1 - 1e-9)) ?? 10;
  const distance = factor * 10 ** power;
  const values: number[] = [];
  for (let i = Math.ceil(low / distance - 1e-6); i * distance <= high + 1e-6 * distance; i++) {
    values.push(Number((i * distance).toPrecision(12)));
  }
  return { values, texts: values.map((value) => scaled(value, distance, Math.max(Math.abs(low), Math.abs(high)), whole)) };
}

/** `value` with the decimals that tell it from one `distance` away; `greatest` is the largest of the scale. */
function scaled(value: number, distance: number, greatest: number, whole: boolean): string {
  if (value === 0) return "0";
  const prefix = greatest > LONG && !whole ? Math.floor(Math.log10(greatest) / 3 + 1e-9) : 0;
  if (prefix >= PREFIXES.length || distance < TINY) return short(value);
  const unit = 1000 ** prefix;
  const decimals = Math.max(0, -Math.floor(Math.log10(distance / unit) + 1e-9));
  return fixed(value / unit, decimals) + PREFIXES[prefix]!;
}

function written(value: number): string {
  const power = Math.round(Math.log10(value));
  if (Math.abs(power) >= 3 && Math.abs(value / 10 ** power - 1) < 1e-9) return `10${raised(power)}`;
  return short(Number(value.toPrecision(3)));
}

function raised(power: number): string {
  const digits = [...String(Math.abs(power))].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return power < 0 ? `⁻${digits}` : digits;
}
