/**
 * A curve reduced to the pixels of a chart: for each pixel column the first, least, greatest and last value and the
 * extent of the band, so that the painted line covers exactly the pixels that the whole curve would (the M4 reduction,
 * Jugel et al. 2014). New points are added to the columns that are there; nothing is walked twice.
 */

import type { AxisMap } from "./axis";
import { type Curve, indexAt } from "./curve";

export class PixelColumns {
  /** Used columns, from left to right. */
  n = 0;
  /** In pixels from the left edge; the exact place where a column holds one point. */
  x = new Float32Array(0);
  first = new Float32Array(0);
  min = new Float32Array(0);
  max = new Float32Array(0);
  last = new Float32Array(0);
  low = new Float32Array(0);
  high = new Float32Array(0);
  /** 1 where the line is broken before this column: a value in between is not finite. */
  gap = new Uint8Array(0);

  private key = "";
  private read = 0;
  private done = false;
  private broken = false;
  private column = NaN;

  /** Takes in what `curve` has gained. `width` in pixels; `x0` to `x1` is the visible range on the axis. */
  update(curve: Curve, axis: AxisMap, x0: number, x1: number, width: number): void {
    const key = `${curve.generation}|${axis.key}|${x0}|${x1}|${width}`;
    if (key !== this.key) this.restart(key, curve, axis, x0, width);
    const scale = width / (x1 - x0);
    while (!this.done && this.read < curve.n) {
      const i = this.read++;
      const x = (axis.of(curve.step[i]!) - x0) * scale;
      this.take(x, curve.value[i]!, curve.low[i]!, curve.high[i]!);
      // One point beyond the right edge is kept, so that the line leaves the chart at the right angle.
      if (x > width) this.done = true;
    }
  }

  private restart(key: string, curve: Curve, axis: AxisMap, x0: number, width: number): void {
    this.key = key;
    this.n = 0;
    this.done = false;
    this.broken = false;
    this.column = NaN;
    const capacity = Math.ceil(width) + 3;
    if (this.x.length < capacity) {
      for (const name of ["x", "first", "min", "max", "last", "low", "high"] as const) {
        this[name] = new Float32Array(capacity);
      }
      this.gap = new Uint8Array(capacity);
    }
    // One point before the left edge is kept too.
    this.read = Math.max(0, indexAt(curve.step, curve.n, Math.floor(axis.stepAt(x0))));
  }

  private take(x: number, value: number, low: number, high: number): void {
    if (!Number.isFinite(value)) {
      this.broken = true;
      return;
    }
    const column = Math.floor(x);
    const i = this.n - 1;
    // A break within one pixel column cannot be seen.
    if (column === this.column) {
      if (value < this.min[i]!) this.min[i] = value;
      if (value > this.max[i]!) this.max[i] = value;
      if (low < this.low[i]!) this.low[i] = low;
      if (high > this.high[i]!) this.high[i] = high;
      this.last[i] = value;
      this.broken = false;
      return;
    }
    if (this.n === this.x.length) return;
    const at = this.n++;
    this.column = column;
    this.x[at] = x;
    this.first[at] = this.min[at] = this.max[at] = this.last[at] = value;
    this.low[at] = low;
    this.high[at] = high;
    this.gap[at] = this.broken ? 1 : 0;
    this.broken = false;
  }
}
