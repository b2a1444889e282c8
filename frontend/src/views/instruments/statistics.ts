/** How a statistic of a layer is shown on a map: on which scale, and how two of them are set against each other. */

import type { Manifest, Statistic } from "../../api/types";
import type { ScaleOptions } from "../../plots/heat/strips";

/** Around zero to both sides. */
const SIGNED: ReadonlySet<string> = new Set(["input_mean", "output_mean", "beta_mean", "covariate_shift_cosine", "norm_input_mean", "beta", "running_mean"]);
/** From 0 to 1. */
const SHARES: ReadonlySet<string> = new Set(["saturated", "dead", "unit_saturation"]);
/** Measured on copies of the networks, not in the step itself. */
const OF_COPIES: ReadonlySet<string> = new Set(["variance_shift", "covariate_shift", "covariate_shift_cosine", "activation_drift"]);
/** Near a value of their own, of one size. */
const PLAIN: ReadonlySet<string> = new Set(["gamma_mean", "gamma", "variance_shift"]);

export type MapScale = ScaleOptions & { ramp: "heat" | "diverge" };

export function isLogarithmic(statistic: string): boolean {
  return !SIGNED.has(statistic) && !SHARES.has(statistic) && !PLAIN.has(statistic);
}

export function isOfCopies(statistic: string): boolean {
  return OF_COPIES.has(statistic);
}

export function scaleOf(statistic: string, log: boolean): MapScale {
  if (SIGNED.has(statistic)) return { ramp: "diverge", log: false, fixed: null, centred: true };
  if (SHARES.has(statistic)) return { ramp: "heat", log: false, fixed: [0, 1], centred: false };
  return { ramp: "heat", log, fixed: null, centred: false };
}

/** The difference, or on a logarithmic scale the ratio in decades. */
export function against(log: boolean): (a: number, b: number) => number {
  return log ? (a, b) => Math.log10(a) - Math.log10(b) : (a, b) => a - b;
}

/** Scalars that some layers have, in the order in which they are measured. */
export function mapped(manifest: Manifest): Statistic[] {
  return [...new Set(manifest.series.filter((one) => one.layer !== null && !one.vector).map((one) => one.statistic))];
}

/** Layers that have it in any arm, from the input to the output. */
export function layersWith(manifest: Manifest, statistic: Statistic): number[] {
  const found = new Set(manifest.series.filter((one) => one.statistic === statistic).map((one) => one.layer));
  return manifest.layers.map((layer) => layer.index).filter((index) => found.has(index));
}
