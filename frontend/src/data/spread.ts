/** A mean with a spread around it as one curve: value the mean, low and high one spread below and above. */

import { Curve } from "./curve";

export class Spread {
  readonly curve = new Curve();
  private key = "";

  /** Takes in what both have gained; they are observed together. */
  update(mean: Curve, spread: Curve): Curve {
    const key = `${mean.generation}|${spread.generation}`;
    if (key !== this.key) {
      this.key = key;
      this.curve.clear();
    }
    const n = Math.min(mean.n, spread.n);
    while (this.curve.n < n) {
      const i = this.curve.n;
      const [value, width] = [mean.value[i]!, spread.value[i]!];
      this.curve.push(mean.step[i]!, value, value - width, value + width);
    }
    return this.curve;
  }
}
