/** Axes of what an arm has spent: examples seen, seconds of its own compute, floating-point operations. */

import { type AxisMap, secondsAt, stepAtSecond } from "./axis";
import type { Curve } from "./curve";

export interface Epoch {
  /** Minibatches of an epoch, and examples of all but perhaps its last. */
  steps: number;
  batch: number;
  /** What the last minibatch of an epoch ends with: fewer than all examples where the rest is dropped. */
  examples: number;
}

/** Examples that a replicate has seen; the last minibatch of an epoch may be smaller. */
export function samplesAxis({ steps, batch, examples }: Epoch): AxisMap {
  return {
    kind: "samples",
    key: `samples${steps}|${batch}|${examples}`,
    of: (step): number => {
      const epochs = Math.floor(step / steps);
      return epochs * examples + Math.min(examples, (step - epochs * steps) * batch);
    },
    stepAt: (x): number => {
      const epochs = Math.floor(x / examples);
      const rest = x - epochs * examples;
      const whole = (steps - 1) * batch;
      const last = examples - whole;
      return epochs * steps + (rest <= whole ? rest / batch : steps - 1 + (last > 0 ? (rest - whole) / last : 0));
    },
  };
}

/** Seconds of forward, backward and update of one replicate: the mean of those whose curves are given. */
export function computeAxis(curves: readonly Curve[]): AxisMap {
  const key = `compute${curves.map((curve) => curve.generation).join()}`;
  if (curves.length === 1) {
    const [curve] = curves as [Curve];
    return { kind: "compute", key, of: (step) => secondsAt(curve, step), stepAt: (x) => stepAtSecond(curve, x) };
  }
  const of = (step: number): number => curves.reduce((sum, curve) => sum + secondsAt(curve, step), 0) / Math.max(1, curves.length);
  return { kind: "compute", key, of, stepAt: (x) => inverse(of, x, Math.max(1, ...curves.map((curve) => curve.lastStep))) };
}

/** The step at which the growing `of` reaches `x`; `near` is a step to begin with. */
function inverse(of: (step: number) => number, x: number, near: number): number {
  if (x <= 0 || of(near) <= 0) return 0;
  let [low, high] = [0, near];
  for (let i = 0; i < 40 && of(high) < x; i++) [low, high] = [high, 2 * high];
  for (let i = 0; i < 50 && high - low > 1e-4; i++) {
    const middle = (low + high) / 2;
    if (of(middle) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Floating-point operations in multiples of `scale`; every step costs `perStep`. */
export function flopsAxis(perStep: number, scale: number): AxisMap {
  const each = perStep / scale;
  return { kind: "flops", key: `flops${each}`, of: (step) => step * each, stepAt: (x) => x / each };
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z"];

/** The SI prefix with which `greatest` is a number from 1 to 1,000, and what it stands for. */
export function prefixOf(greatest: number): { prefix: string; scale: number } {
  const power = greatest >= 1 ? Math.min(PREFIXES.length - 1, Math.floor(Math.log10(greatest) / 3 + 1e-9)) : 0;
  return { prefix: PREFIXES[power]!, scale: 1000 ** power };
}

/** The arm whose axis leads: the one that has spent most, so that all others fit beside it. `spent` by arm. */
export function leading(arms: readonly number[], spent: (arm: number) => number): number | null {
  let lead: number | null = null;
  for (const arm of arms) if (lead === null || spent(arm) > spent(lead)) lead = arm;
  return lead;
}
