/** Exponential moving average of a curve's values. Low and high stay what was measured. */

import { Curve } from "./curve";

export class Smoothed {
  readonly curve = new Curve();
  private source = -1;
  private weight = -1;
  private sum = 0;
  private total = 0;

  /**
   * Takes in what `raw` has gained; `weight` (0 to below 1) is the share of the past in each new value. The average is
   * debiased as Adam's moments are, so that it starts at the first value.
   */
  update(raw: Curve, weight: number): Curve {
    if (weight === 0) return raw;
    const { curve } = this;
    if (raw.generation !== this.source || weight !== this.weight || raw.n < curve.n) {
      curve.clear();
      this.source = raw.generation;
      this.weight = weight;
      this.sum = this.total = 0;
    }
    while (curve.n < raw.n) {
      const i = curve.n;
      const value = raw.value[i]!;
      if (Number.isFinite(value)) {
        this.sum = weight * this.sum + (1 - weight) * value;
        this.total = weight * this.total + (1 - weight);
      }
      curve.push(raw.step[i]!, Number.isFinite(value) ? this.sum / this.total : value, raw.low[i]!, raw.high[i]!);
    }
    return curve;
  }

  /** What the average would be if `value` came next. */
  peek(value: number): number {
    if (this.total === 0 || !Number.isFinite(value)) return value;
    const w = this.weight;
    return (w * this.sum + (1 - w) * value) / (w * this.total + 1 - w);
  }
}
