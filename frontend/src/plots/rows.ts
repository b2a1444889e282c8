/** Which rows of a curve are in view. */

import type { AxisMap } from "../data/axis";
import { type Curve, indexAt } from "../data/curve";
import type { TimeView } from "./figure";

/** Rows of `curve` in view, evenly thinned to about `most`. */
export function thinned(curve: Curve, axis: AxisMap, time: TimeView, most: number): number[] {
  const [from, to] = rowsInView(curve, axis, time.x0, time.x1);
  const stride = Math.max(1, Math.ceil((to - from) / most));
  const rows: number[] = [];
  for (let i = from; i < to; i += stride) rows.push(i);
  if (rows.length > 0 && rows[rows.length - 1] !== to - 1) rows.push(to - 1);
  return rows;
}

/** First row in view and the one after the last. */
export function rowsInView(curve: Curve, axis: AxisMap, x0: number, x1: number): [number, number] {
  const from = indexAt(curve.step, curve.n, Math.ceil(axis.stepAt(x0)) - 1) + 1;
  const to = indexAt(curve.step, curve.n, Math.floor(axis.stepAt(x1) + 1e-6)) + 1;
  return [from, Math.max(from, to)];
}
