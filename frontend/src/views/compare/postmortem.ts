/** The last finite values of a diverged replicate, layers down, statistics across. */

export interface LastFinite {
  run: [string, number][];
  statistics: string[];
  layers: { layer: number; values: (number | null)[] }[];
}

/** `values` are keyed `statistic` or `statistic@layer`. */
export function lastFinite(values: Readonly<Record<string, number>>): LastFinite {
  const run: [string, number][] = [];
  const statistics: string[] = [];
  const layers = new Map<number, Map<string, number>>();
  for (const [key, value] of Object.entries(values)) {
    const [statistic, layer] = key.split("@") as [string, string | undefined];
    if (layer === undefined) {
      run.push([statistic, value]);
      continue;
    }
    if (!statistics.includes(statistic)) statistics.push(statistic);
    const row = layers.get(Number(layer)) ?? new Map<string, number>();
    row.set(statistic, value);
    layers.set(Number(layer), row);
  }
  const rows = [...layers].sort(([a], [b]) => a - b);
  return {
    run,
    statistics,
    layers: rows.map(([layer, row]) => ({ layer, values: statistics.map((statistic) => row.get(statistic) ?? null) })),
  };
}
