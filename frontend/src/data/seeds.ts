/** One arm's replicates as one curve: mean over those that survive, least low and greatest high. */

import { Curve, type Point } from "./curve";

export class SeedBand {
  readonly curve = new Curve();
  private key = "";
  private at: number[] = [];

  /**
   * Takes in what the replicates have gained, up to the step that all of them have reached. A replicate stands for its
   * value at the last window that ended at or before the step; before its first window it is left out.
   */
  update(replicates: readonly Curve[]): Curve {
    if (replicates.length === 1) return replicates[0]!;
    const key = replicates.map((c) => c.generation).join();
    if (key !== this.key || this.at.length !== replicates.length) {
      this.key = key;
      this.at = replicates.map(() => 0);
      this.curve.clear();
    }
    const end = Math.min(...replicates.map((c) => c.lastStep));
    const lead = replicates[0];
    if (lead === undefined) return this.curve;
    while (this.at[0]! < lead.n && lead.step[this.at[0]!]! <= end) {
      const step = lead.step[this.at[0]!]!;
      this.at[0]! += 1;
      this.average(replicates, step);
    }
    return this.curve;
  }

  private average(replicates: readonly Curve[], step: number): void {
    let sum = 0;
    let count = 0;
    let low = Infinity;
    let high = -Infinity;
    for (let r = 0; r < replicates.length; r++) {
      const curve = replicates[r]!;
      let at = this.at[r]!;
      while (at < curve.n && curve.step[at]! <= step) at += 1;
      this.at[r] = at;
      if (at === 0) continue;
      sum += curve.value[at - 1]!;
      count += 1;
      low = Math.min(low, curve.low[at - 1]!);
      high = Math.max(high, curve.high[at - 1]!);
    }
    if (count > 0) this.curve.push(step, sum / count, low, high);
  }
}

/** The replicates' open windows as one. */
export function meanPoint(points: readonly (Point | null)[]): Point | null {
  const there = points.filter((p) => p !== null);
  if (there.length === 0 || there.length < points.length) return null;
  return {
    step: Math.max(...there.map((p) => p.step)),
    value: there.reduce((sum, p) => sum + p.value, 0) / there.length,
    low: Math.min(...there.map((p) => p.low)),
    high: Math.max(...there.map((p) => p.high)),
  };
}
