/** The 15/50/85 percentile band of one unit, or of the median unit, as a curve: value p50, low p15, high p85. */

import { Curve } from "./curve";
import type { VectorSeries } from "./vectors";

/** A unit's index, or every unit: the median over the units of each percentile. */
export type Unit = number | "median";

export class PercentileBand {
  readonly curve = new Curve();
  private key = "";

  update(p15: VectorSeries, p50: VectorSeries, p85: VectorSeries, unit: Unit): Curve {
    const key = `${p15.generation}|${p50.generation}|${p85.generation}|${unit}`;
    if (key !== this.key) {
      this.key = key;
      this.curve.clear();
    }
    const n = Math.min(p15.n, p50.n, p85.n);
    while (this.curve.n < n) {
      const i = this.curve.n;
      this.curve.push(p50.steps[i]!, pick(p50.rows[i]!, unit), pick(p15.rows[i]!, unit), pick(p85.rows[i]!, unit));
    }
    return this.curve;
  }
}

function pick(row: Float32Array, unit: Unit): number {
  return unit === "median" ? median(row) : (row[unit] ?? NaN);
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  if (n === 0) return NaN;
  return n % 2 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
}

/** The unit whose band is as wide as the median unit's: a typical one, chosen from one observation. */
export function typicalUnit(p15: ArrayLike<number>, p85: ArrayLike<number>): number {
  const widths = Array.from({ length: p15.length }, (_, u) => p85[u]! - p15[u]!);
  const order = widths.map((_, u) => u).filter((u) => Number.isFinite(widths[u]!));
  order.sort((a, b) => widths[a]! - widths[b]! || a - b);
  return order[Math.floor((order.length - 1) / 2)] ?? 0;
}
