/** Which number a series has, by what it is. */

import type { Manifest, SeriesInfo, Statistic } from "../api/types";

export class SeriesLookup {
  readonly manifest: Manifest;
  private readonly ids = new Map<string, number>();

  constructor(manifest: Manifest) {
    this.manifest = manifest;
    for (const series of manifest.series) this.ids.set(keyOf(series), series.id);
  }

  /** The series' number; null where the run does not measure it. `seed` is the seed itself. */
  id(statistic: Statistic, arm: number | null = null, seed: number | null = null, layer: number | null = null): number | null {
    return this.ids.get(keyOf({ statistic, arm, seed, layer })) ?? null;
  }

  /** Whether it is observed at every step; a run of an earlier version does not say so, and had no other schedules. */
  everyStep(statistic: Statistic): boolean {
    return (this.manifest.series.find((series) => series.statistic === statistic)?.schedule ?? "step") === "step";
  }

  has(statistic: Statistic): boolean {
    return this.manifest.series.some((series) => series.statistic === statistic);
  }
}

function keyOf(series: Pick<SeriesInfo, "statistic" | "arm" | "seed" | "layer">): string {
  return `${series.statistic}|${series.arm}|${series.seed}|${series.layer}`;
}
