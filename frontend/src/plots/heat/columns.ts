/**
 * Rows of numbers over time reduced to the pixel columns of a picture. A column holds the mean of the observations that
 * fall into it, or else what was observed last. New observations are added to what is there; nothing is walked twice.
 */

import type { AxisMap } from "../../data/axis";
import type { Curve } from "../../data/curve";
import type { VectorSeries } from "../../data/vectors";

/** Columns that an observation at the very end of the axis fills where none is near: nothing comes after it that would. */
const LAST = 6;

/** Observations in order; rows of `units` numbers. */
export interface HeatSource {
  units: number;
  n: number;
  /** Two sources with the same key begin alike. */
  key: string;
  step(i: number): number;
  value(i: number, unit: number): number;
}

export interface HeatTime {
  axis: AxisMap;
  x0: number;
  x1: number;
}

export class HeatColumns {
  width = 0;
  units = 0;
  /** Column by column: `values[column * units + unit]`; NaN: nothing. */
  values = new Float32Array(0);
  /** Columns that hold something, from the left. */
  filled = 0;
  private key = "";
  private read = 0;
  /** One after the last column with an observation of its own; those behind it hold that one until a newer one comes. */
  private own = 0;
  /** Observations in column `own - 1`, and their sums. */
  private count = 0;
  private sums = new Float64Array(0);

  /**
   * Takes in what `source` has gained.
   *
   * @param until the newest step of the run: up to there the last observation stands
   * @returns the first column that has changed; `width` where none has
   */
  update(source: HeatSource, { axis, x0, x1 }: HeatTime, width: number, until: number): number {
    const key = `${source.key}|${source.units}|${axis.key}|${x0}|${x1}|${width}`;
    // A vector may come later than the steps after it: what was held in its place is then replaced.
    let changed = Math.max(0, (this.read < source.n ? this.own : this.filled) - 1);
    if (key !== this.key || this.read > source.n) {
      this.restart(key, source.units, width);
      changed = 0;
    }
    const before = this.filled;
    const old = this.read;
    const scale = width / (x1 - x0);
    for (; this.read < source.n; this.read++) {
      const place = (axis.of(source.step(this.read)) - x0) * scale;
      if (place > width + 1e-6) break;
      const at = Math.floor(place);
      this.take(source, this.read, at < width ? Math.max(0, at) : Math.min(width - 1, Math.max(this.own, width - LAST)));
    }
    this.hold(Math.min(width, Math.ceil((axis.of(until) - x0) * scale)));
    return this.read === old && this.filled === before ? width : changed;
  }

  at(column: number, unit: number): number {
    return column >= 0 && column < this.filled ? this.values[column * this.units + unit]! : NaN;
  }

  private restart(key: string, units: number, width: number): void {
    this.key = key;
    this.read = 0;
    this.filled = 0;
    this.own = 0;
    this.count = 0;
    this.units = units;
    this.width = width;
    if (this.values.length !== units * width) this.values = new Float32Array(units * width);
    if (this.sums.length !== units) this.sums = new Float64Array(units);
  }

  private take(source: HeatSource, row: number, column: number): void {
    const { units, sums, values } = this;
    if (column >= this.own) {
      this.filled = Math.min(this.filled, column);
      this.hold(column);
      this.own = column + 1;
      this.count = 0;
      sums.fill(0);
    }
    this.filled = this.own;
    const at = this.own - 1;
    this.count += 1;
    for (let unit = 0; unit < units; unit++) {
      sums[unit]! += source.value(row, unit);
      values[at * units + unit] = sums[unit]! / this.count;
    }
  }

  /** Fills up to `end` with what was observed last; before the first observation with nothing. */
  private hold(end: number): void {
    const { units, values } = this;
    for (; this.filled < end; this.filled++) {
      const to = this.filled * units;
      if (this.filled === 0) values.fill(NaN, 0, units);
      else values.copyWithin(to, to - units, to);
    }
  }
}

export function vectorSource(series: VectorSeries, units: number, key = ""): HeatSource {
  const { steps, rows } = series;
  return {
    units,
    n: series.n,
    key: `${key}${series.generation}`,
    step: (i) => steps[i]!,
    value: (i, unit) => rows[i]![unit] ?? NaN,
  };
}

export function curveSource(curve: Curve, key = ""): HeatSource {
  const { step, value } = curve;
  return { units: 1, n: curve.n, key: `${key}${curve.generation}`, step: (i) => step[i]!, value: (i) => value[i]! };
}
