/** Whether a number gets a slider, and over which range. */

import type { Scale } from "../ui/scale";
import type { Hints, NumberNode } from "./schema";

/** How far a log slider reaches to either side of a default whose bounds are out of practical reach. */
const REACH = 1e4;

/** Null: a number to type only. `usual` is the field's default. */
export function sliderScale(node: NumberNode, hints: Pick<Hints, "log">, usual: unknown): Scale | null {
  const low = node.minimum ?? node.exclusiveMinimum;
  const high = node.maximum ?? node.exclusiveMaximum;
  if (low === undefined || high === undefined) return null;
  if (hints.log) return logScale(node, low, high, usual);
  // A share: dropout, momentum.
  return low === 0 && high === 1 ? { low: 0, high: open(node) ? 0.99 : 1, log: false, integer: false, zero: false } : null;
}

function logScale(node: NumberNode, low: number, high: number, usual: unknown): Scale {
  const centre = typeof usual === "number" && usual > 0 ? usual : Math.sqrt(Math.max(low, 1) * high);
  const bottom = low > 0 ? low : power(Math.floor(Math.log10(centre / REACH)));
  const top = node.integer ? high : Math.min(high, Math.max(1, power(Math.ceil(Math.log10(centre * REACH)))));
  return { low: bottom, high: top, log: true, integer: node.integer, zero: node.minimum === 0 };
}

function open(node: NumberNode): boolean {
  return node.exclusiveMaximum !== undefined;
}

/** A power of ten as JSON would write it: `10 ** -5` is not quite 1e-5. */
function power(exponent: number): number {
  return Number(`1e${exponent}`);
}
