/** All scalar series of a run, by number, and the provisional tail, which each new one replaces. */

import type { PointsChunk } from "../api/arrow";
import { Curve, type Point } from "./curve";

export class SeriesStore {
  /** Grows with every change. */
  version = 0;
  private readonly curves = new Map<number, Curve>();
  private readonly tails = new Map<number, Point>();

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
    const { series, step } = chunk;
    let from = 0;
    while (from < series.length) {
      const id = series[from]!;
      let to = from + 1;
      while (to < series.length && series[to] === id) to += 1;
      const curve = this.curve(id);
      let first = from;
      while (first < to && step[first]! <= curve.lastStep) first += 1;
      if (first < to) curve.append(first, to, chunk);
      from = to;
    }
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

  clear(): void {
    for (const curve of this.curves.values()) curve.clear();
    this.tails.clear();
    this.version += 1;
  }
}
