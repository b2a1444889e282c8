/** Histograms with ranges of their own, put on common bins so that they can be laid over each other. */

export interface Histogram {
  low: number;
  high: number;
  counts: Float32Array;
}

/** A stored row: low, high, then the counts; null where no value was finite. */
export function histogramOf(row: Float32Array): Histogram | null {
  const low = row[0] ?? NaN;
  const high = row[1] ?? NaN;
  return high > low ? { low, high, counts: row.subarray(2) } : null;
}

/** Ends that hold all of them. */
export function span(all: readonly Histogram[]): [number, number] | null {
  if (all.length === 0) return null;
  return [Math.min(...all.map((h) => h.low)), Math.max(...all.map((h) => h.high))];
}

/** Share of all values in each of `bins` equal bins from `low` to `high`; a bin's values count as spread evenly in it. */
export function shares(histogram: Histogram, low: number, high: number, bins: number): Float64Array {
  const { counts } = histogram;
  const result = new Float64Array(bins);
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return result;
  const width = (histogram.high - histogram.low) / counts.length;
  const target = (high - low) / bins;
  for (let i = 0; i < counts.length; i++) {
    const share = counts[i]! / total;
    if (share === 0) continue;
    const from = (histogram.low + i * width - low) / target;
    const to = from + width / target;
    const first = Math.max(0, Math.min(bins - 1, Math.floor(from)));
    const last = Math.max(0, Math.min(bins - 1, Math.ceil(to) - 1));
    for (let b = first; b <= last; b++) {
      const part = Math.min(to, b + 1) - Math.max(from, b);
      result[b]! += first === last ? share : share * Math.max(0, part / (to - from));
    }
  }
  return result;
}

export function edges(low: number, high: number, bins: number): Float64Array {
  return Float64Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
}
