/** Vector series (percentiles of every unit, histograms): one row of numbers for each observed step. */

import type { VectorsChunk } from "../api/arrow";

export class VectorSeries {
  /** Ascending, all different. */
  readonly steps: number[] = [];
  readonly rows: Float32Array[] = [];
  /** Grows when rows were put before others or taken away. */
  generation = 0;

  get n(): number {
    return this.steps.length;
  }

  /** Index of the last observation at or before `step`; -1 where there is none. */
  indexAt(step: number): number {
    let low = 0;
    let high = this.steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.steps[middle]! <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The observation at or before `step`, or the first one. */
  at(step: number): Float32Array | null {
    if (this.n === 0) return null;
    return this.rows[Math.max(0, this.indexAt(step))]!;
  }

  put(step: number, row: Float32Array): void {
    const before = this.indexAt(step);
    if (before >= 0 && this.steps[before] === step) return;
    if (before === this.n - 1) {
      this.steps.push(step);
      this.rows.push(row);
      return;
    }
    this.steps.splice(before + 1, 0, step);
    this.rows.splice(before + 1, 0, row);
    this.generation += 1;
  }

  /** Forgets what was observed after `step`. */
  rewind(step: number): void {
    const n = this.indexAt(step) + 1;
    if (n === this.n) return;
    this.steps.length = n;
    this.rows.length = n;
    this.generation += 1;
  }

  clear(): void {
    this.steps.length = 0;
    this.rows.length = 0;
    this.generation += 1;
  }
}

export class VectorStore {
  version = 0;
  private readonly all = new Map<number, VectorSeries>();

  series(id: number): VectorSeries {
    let series = this.all.get(id);
    if (series === undefined) {
      series = new VectorSeries();
      this.all.set(id, series);
    }
    return series;
  }

  add(chunk: VectorsChunk): void {
    const { step, series, offsets, values } = chunk;
    for (let i = 0; i < step.length; i++) {
      this.series(series[i]!).put(step[i]!, values.slice(offsets[i]!, offsets[i + 1]!));
    }
    this.version += 1;
  }

  rewind(step: number): void {
    for (const series of this.all.values()) series.rewind(step);
    this.version += 1;
  }

  clear(): void {
    for (const series of this.all.values()) series.clear();
    this.version += 1;
  }
}
