/** What a gradient becomes on its way back through a network, in numbers. */

export interface Depth {
  /** Norms at the first and the last layer with an activation. */
  first: number;
  last: number;
  /** log10 of first / last: below 0 the gradient shrinks on its way back. */
  decades: number;
  /** Factor from one layer to the one before it: (first / last)^(1 / (layers - 1)). */
  growth: number;
}

/** Null where fewer than two layers have a value. `norms` from the first layer to the last. */
export function depthOf(norms: readonly number[]): Depth | null {
  const there = norms.map((value, layer) => ({ value, layer })).filter(({ value }) => Number.isFinite(value));
  const [first, last] = [there[0], there.at(-1)];
  if (first === undefined || last === undefined || first === last || last.value === 0) return null;
  const ratio = first.value / last.value;
  return { first: first.value, last: last.value, decades: Math.log10(ratio), growth: ratio ** (1 / (last.layer - first.layer)) };
}

/**
 * Expected cosine between the gradient of `batch` independent examples and the full one, to first order in the noise:
 * 1 / sqrt(1 + noise / batch) with the simple noise scale (McCandlish et al. 2018). NaN where the noise is not known.
 */
export function expectedCosine(noise: number, batch: number): number {
  return noise >= 0 ? 1 / Math.sqrt(1 + noise / batch) : NaN;
}
