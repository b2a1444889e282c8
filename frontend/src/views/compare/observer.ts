/** What measuring costs: the share of the run's time that its probes take. */

import type { Curve, Point } from "../../data/curve";

export interface Spent {
  curve: Curve;
  tail: Point | null;
}

/** Seconds at the end of the newest window: the greatest of a number that only grows. */
export function newest({ curve, tail }: Spent): number {
  return tail?.high ?? (curve.n > 0 ? curve.high[curve.n - 1]! : NaN);
}

/** 0 to 1; null while nothing is known. */
export function observerShare(observer: Spent | null, elapsed: Spent | null): number | null {
  if (observer === null || elapsed === null) return null;
  const [measuring, all] = [newest(observer), newest(elapsed)];
  return all > 0 && measuring >= 0 ? Math.min(1, measuring / all) : null;
}
