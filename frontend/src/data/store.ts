/** All scalar series of a run, by number, and the provisional tail, which each new one replaces. */

import type { PointsChunk } from "../api/arrow";
import { Curve, indexAt, type Point } from "./curve";

export class SeriesStore {
  /** Grows with every change. */
  version = 0;
  private readonly curves = new Map<number, Curve>();
  private readonly tails = new Map<number, Point>();
  /** The curves as they were before a part of them became finer. */
  private readonly coarse = new Map<number, Curve>();

  /** The curve of a series; an empty one before its first point. It stays the same object. */
  curve(id: number): Curve {
    let curve = this.curves.get(id);
    if (curve === undefined) {
      curve = new Curve();
      this.curves.set(id, curve);
    }
    return curve;
  }

  /** The open window of a series: newer than its curve, or null. */
  tail(id: number): Point | null {
    const tail = this.tails.get(id);
    return tail !== undefined && tail.step > this.curve(id).lastStep ? tail : null;
  }

  /** Closed windows: rows sorted by series, then step. Rows that are known already are left out. */
  add(chunk: PointsChunk): void {
    this.coarsen();
    for (const [id, from, to] of groups(chunk.series)) {
      const curve = this.curve(id);
      let first = from;
      while (first < to && chunk.step[first]! <= curve.lastStep) first += 1;
      if (first < to) curve.append(first, to, chunk);
    }
    this.version += 1;
  }

  /** Shows the rows of `chunk` in place of the windows that end within its steps, until `coarsen` or new rows. */
  refine(chunk: PointsChunk): void {
    this.coarsen();
    for (const [id, from, to] of groups(chunk.series)) {
      const curve = this.curve(id);
      const whole = new Curve(curve.n);
      whole.append(0, curve.n, curve);
      this.coarse.set(id, whole);
      curve.clear();
      curve.append(0, indexAt(whole.step, whole.n, chunk.step[from]! - 1) + 1, whole);
      curve.append(from, to, chunk);
      curve.append(indexAt(whole.step, whole.n, chunk.step[to - 1]!) + 1, whole.n, whole);
    }
    this.version += 1;
  }

  /** Undoes `refine`. */
  coarsen(): void {
    for (const [id, whole] of this.coarse) {
      const curve = this.curve(id);
      curve.clear();
      curve.append(0, whole.n, whole);
    }
    this.coarse.clear();
    this.version += 1;
  }

  replaceTail(chunk: PointsChunk | null): void {
    this.tails.clear();
    if (chunk !== null) {
      const { step, series, value, low, high } = chunk;
      for (let i = 0; i < series.length; i++) {
        this.tails.set(series[i]!, { step: step[i]!, value: value[i]!, low: low[i]!, high: high[i]! });
      }
    }
    this.version += 1;
  }

  /** Forgets what was measured after `step`. */
  rewind(step: number): void {
    for (const curve of this.curves.values()) curve.rewind(step);
    this.tails.clear();
    this.version += 1;
  }

  clear(): void {
    for (const curve of this.curves.values()) curve.clear();
    this.tails.clear();
    this.coarse.clear();
    this.version += 1;
  }
}

/** Each series of a sorted column, its first row, and the row after its last. */
function* groups(series: Uint32Array): Generator<[id: number, from: number, to: number]> {
  let from = 0;
  while (from < series.length) {
    const id = series[from]!;
    let to = from + 1;
    while (to < series.length && series[to] === id) to += 1;
    yield [id, from, to];
    from = to;
  }
}
