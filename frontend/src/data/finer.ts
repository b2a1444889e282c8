/** The finer view of a long run: when its axis is zoomed, the points of that range alone are asked for. */

import type { PointsChunk } from "../api/arrow";
import type { Window } from "../api/runs";

export type Steps = readonly [from: number, to: number];

/** Milliseconds that the range must rest before the server is asked. */
export const REST = 150;
/** Points of one answer: of each series, and of all of them. */
const POINTS = 4000;
const TOTAL = 600_000;
/** Points that the run's coarse view has at least; their width is the wider for it, never the narrower. */
const COARSE = 100;

export interface FinerOptions {
  /** Null: the points could not be had. */
  ask(window: Window): Promise<PointsChunk | null>;
  /** Series to be asked for, when it is time; none: there is nothing finer. */
  series(): readonly number[];
  /** Steps of the run. */
  last(): number;
  show(chunk: PointsChunk): void;
  /** Back to what was there before. */
  drop(): void;
}

export class Finer {
  private readonly options: FinerOptions;
  private range: Steps | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FinerOptions) {
    this.options = options;
  }

  /** The steps that are visible; null: all of them. */
  look(range: Steps | null): void {
    clearTimeout(this.timer);
    if (range === null) {
      if (this.range !== null) this.options.drop();
      this.range = null;
      return;
    }
    this.range = range;
    this.timer = setTimeout(() => void this.ask(range), REST);
  }

  /** The coarse points were loaded anew. */
  again(): void {
    if (this.range !== null) this.look(this.range);
  }

  private async ask(range: Steps): Promise<void> {
    const series = this.options.series();
    if (series.length === 0) return;
    const chunk = await this.options.ask({ ...around(range, this.options.last()), points: POINTS, total: TOTAL, series });
    if (chunk !== null && this.range === range) this.options.show(chunk); // Else it was zoomed on, or out, in between.
  }
}

/**
 * Some more than is visible, so that the coarse points beside it, which may reach over its ends, stay out of sight, and
 * the lines leave the chart at the right angle.
 */
export function around([from, to]: Steps, last: number): { fromStep: number; toStep: number } {
  const margin = Math.ceil(Math.max((to - from) / 4, last / COARSE));
  return { fromStep: Math.max(0, from - margin), toStep: to + margin };
}
