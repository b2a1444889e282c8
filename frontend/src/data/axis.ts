/** The x axis: the same steps as steps, epochs or seconds of training; `effort.ts` has those that differ from arm to arm. */

import { type Curve, indexAt } from "./curve";

export const AXES = ["step", "samples", "epoch", "seconds", "compute", "flops"] as const;
export type AxisKind = (typeof AXES)[number];

export interface AxisMap {
  kind: AxisKind;
  /** Two maps with the same key map every known step alike. */
  key: string;
  of(step: number): number;
  /** The step (not rounded) at a place on the axis. */
  stepAt(x: number): number;
}

/** `elapsed` is the series of elapsed seconds; needed for the axis in seconds only. */
export function axisMap(kind: "step" | "epoch" | "seconds", stepsPerEpoch: number, elapsed: Curve): AxisMap {
  if (kind === "epoch") {
    return { kind, key: `epoch${stepsPerEpoch}`, of: (s) => s / stepsPerEpoch, stepAt: (x) => x * stepsPerEpoch };
  }
  if (kind === "seconds") {
    return {
      kind,
      key: `seconds${elapsed.generation}`,
      of: (step) => secondsAt(elapsed, step),
      stepAt: (x) => stepAtSecond(elapsed, x),
    };
  }
  return { kind, key: "step", of: (s) => s, stepAt: (x) => x };
}

/** Seconds at the end of `step`: the latest of its window (`high`), in between and beyond by straight lines. */
export function secondsAt(elapsed: Curve, step: number): number {
  const { n, step: steps, high } = elapsed;
  if (n === 0) return 0;
  const i = indexAt(steps, n, step);
  if (i < 0) return (high[0]! * step) / steps[0]!;
  if (steps[i] === step) return high[i]!;
  const [a, b] = i + 1 < n ? [i, i + 1] : [Math.max(0, i - 1), i];
  if (a === b) return (high[b]! * step) / Math.max(1, steps[b]!);
  return high[a]! + ((step - steps[a]!) * (high[b]! - high[a]!)) / (steps[b]! - steps[a]!);
}

export function stepAtSecond(elapsed: Curve, seconds: number): number {
  const { n, step: steps, high } = elapsed;
  if (n === 0) return 0;
  let low = 0;
  let up = n;
  while (low < up) {
    const middle = (low + up) >>> 1;
    if (high[middle]! <= seconds) low = middle + 1;
    else up = middle;
  }
  const s0 = low > 0 ? steps[low - 1]! : 0;
  const t0 = low > 0 ? high[low - 1]! : 0;
  if (low >= n) {
    const rate = high[n - 1]! > 0 ? steps[n - 1]! / high[n - 1]! : 0;
    return s0 + (seconds - t0) * rate;
  }
  const span = high[low]! - t0;
  return span <= 0 ? steps[low]! : s0 + ((seconds - t0) * (steps[low]! - s0)) / span;
}

/** Seconds from which a run counts as long: its axis grows with it. */
export const LONG = 90;
/** An axis of more steps than this is halved further than to a 64th: its first minutes would be a sliver. */
const FEW = 1000;

/** The smallest of all steps, their half, quarter, ... down to a 64th, or to few, that leaves room after `last`. */
export function growing(steps: number, last: number): number {
  let end = steps;
  for (let i = 0; (i < 6 || end > FEW) && last <= 0.45 * end; i++) end /= 2;
  return end;
}

/** The end of the x axis: fixed by the run's steps; in seconds it grows by jumps while the run goes on. */
export function axisEnd(axis: AxisMap, steps: number, lastStep: number, ended: boolean, previous: number): number {
  if (axis.kind !== "seconds" && axis.kind !== "compute") return axis.of(Math.max(1, steps));
  const now = axis.of(lastStep);
  if (ended) return now > 0 ? now : 1;
  const expected = lastStep > 0 ? (now * steps) / lastStep : 1;
  const fits = previous >= now * 1.02 && previous >= expected * 0.8 && previous <= expected * 1.6;
  return fits ? previous : Math.max(expected * 1.1, now * 1.1, 1);
}
