/** An arm's curves, ready to paint: replicates joined, smoothed on wish, each kept from frame to frame. */

import type { Statistic } from "../api/types";
import type { Curve, Point } from "./curve";
import type { SeriesLookup } from "./lookup";
import { PercentileBand, type Unit } from "./percentiles";
import { meanPoint, SeedBand } from "./seeds";
import { Smoothed } from "./smooth";
import type { SeriesStore } from "./store";
import type { VectorStore } from "./vectors";

export interface ArmCurve {
  /** As measured, the mean over replicates. */
  raw: Curve;
  /** What is drawn as the line. */
  line: Curve;
  tail: Point | null;
}

interface Kept {
  ids: readonly number[];
  band: SeedBand;
  smoothed: Smoothed;
}

export class ArmCurves {
  private readonly lookup: SeriesLookup;
  private readonly series: SeriesStore;
  private readonly vectors: VectorStore;
  private readonly kept = new Map<string, Kept>();
  private readonly bands = new Map<string, PercentileBand>();
  /** Seeds of each arm that are averaged; all of them where none survived. */
  survivors: (arm: number) => readonly number[];

  constructor(lookup: SeriesLookup, series: SeriesStore, vectors: VectorStore) {
    this.lookup = lookup;
    this.series = series;
    this.vectors = vectors;
    this.survivors = (): readonly number[] => lookup.manifest.seeds;
  }

  /**
   * Null where the run does not measure it. `smooth` is the weight of the past, 0 to below 1: of what is observed at every
   * step; single observations are shown as they are.
   */
  get(statistic: Statistic, arm: number, layer: number | null = null, smooth = 0): ArmCurve | null {
    const ids: number[] = [];
    for (const seed of this.survivors(arm)) {
      const id = this.lookup.id(statistic, arm, seed, layer);
      if (id !== null) ids.push(id);
    }
    if (ids.length === 0) return null;
    const key = `${statistic}|${arm}|${layer}|${ids.join()}`;
    let kept = this.kept.get(key);
    if (kept === undefined) {
      kept = { ids, band: new SeedBand(), smoothed: new Smoothed() };
      this.kept.set(key, kept);
    }
    const raw = kept.band.update(ids.map((id) => this.series.curve(id)));
    const weight = smooth > 0 && this.lookup.everyStep(statistic) ? smooth : 0;
    const line = kept.smoothed.update(raw, weight);
    let tail = meanPoint(ids.map((id) => this.series.tail(id)));
    if (tail !== null && weight > 0) tail = { ...tail, value: kept.smoothed.peek(tail.value) };
    return { raw, line, tail };
  }

  /** The curves of an arm's surviving replicates, one by one. */
  each(statistic: Statistic, arm: number): Curve[] {
    const ids = this.survivors(arm).map((seed) => this.lookup.id(statistic, arm, seed));
    return ids.flatMap((id) => (id === null ? [] : [this.series.curve(id)]));
  }

  /** Numbers of the series that were asked for up to now. */
  used(): number[] {
    return [...new Set([...this.kept.values()].flatMap((kept) => kept.ids))];
  }

  /** The percentile band of a unit at a layer; null where it is not measured. */
  percentiles(arm: number, layer: number, unit: Unit): Curve | null {
    const seed = this.lookup.manifest.seeds[0]!;
    const p15 = this.lookup.id("p15", arm, seed, layer);
    const p50 = this.lookup.id("p50", arm, seed, layer);
    const p85 = this.lookup.id("p85", arm, seed, layer);
    if (p15 === null || p50 === null || p85 === null) return null;
    const key = `${arm}|${layer}|${unit}`;
    let band = this.bands.get(key);
    if (band === undefined) {
      band = new PercentileBand();
      this.bands.set(key, band);
    }
    return band.update(this.vectors.series(p15), this.vectors.series(p50), this.vectors.series(p85), unit);
  }

  /** A vector at the cursor (null: the newest). */
  vector(statistic: Statistic, arm: number, layer: number | null, step: number | null): Float32Array | null {
    const id = this.lookup.id(statistic, arm, this.lookup.manifest.seeds[0]!, layer);
    return id === null ? null : this.vectors.series(id).at(step ?? Infinity);
  }

  /** The step at which `vector` was observed. */
  vectorStep(statistic: Statistic, arm: number, layer: number | null, step: number | null): number | null {
    const id = this.lookup.id(statistic, arm, this.lookup.manifest.seeds[0]!, layer);
    if (id === null) return null;
    const series = this.vectors.series(id);
    return series.steps[Math.max(0, series.indexAt(step ?? Infinity))] ?? null;
  }
}
