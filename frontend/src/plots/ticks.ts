/** Ticks of a logarithmic axis: decades; 1-2-5 between them where there are few. */

import { short } from "../ui/format";

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
  return { values, texts: values.map((value) => written(value)) };
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
