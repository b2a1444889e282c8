/** Two series, least and greatest of something, as one curve: low and high are theirs, the value lies in the middle. */

import { Curve } from "./curve";

export class PairBand {
  readonly curve = new Curve();
  private key = "";

  /** Both are observed at the same steps; what only one of them has yet waits. */
  update(low: Curve, high: Curve): Curve {
    const key = `${low.generation}|${high.generation}`;
    const n = Math.min(low.n, high.n);
    if (key !== this.key || this.curve.n > n) {
      this.key = key;
      this.curve.clear();
    }
    while (this.curve.n < n) {
      const i = this.curve.n;
      const [a, b] = [low.value[i]!, high.value[i]!];
      this.curve.push(low.step[i]!, (a + b) / 2, a, b);
    }
    return this.curve;
  }
}
