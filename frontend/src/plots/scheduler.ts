/**
 * One animation frame for the whole page: at most one Plotly call and one repaint of what is visible and has changed.
 * A frame that has used its budget leaves the rest to the next one, oldest first, so that no task grows long.
 */

import { frames, painted } from "../data/latency";

export interface Paintable {
  readonly visible: boolean;
  paint(): void;
}

/** Charts are painted a little before they are scrolled into view. */
export const PIXELS_AHEAD = 160;
export const AHEAD: IntersectionObserverInit = { rootMargin: `${PIXELS_AHEAD}px` };

export interface SchedulerOptions {
  request?: (run: () => void) => void;
  now?: () => number;
  /** Milliseconds of painting in one frame. */
  budget?: number;
}

export class Scheduler {
  private readonly dirty = new Set<Paintable>();
  private readonly jobs = new Map<Paintable, () => void>();
  private pending = false;
  /** When the first of those was painted that came into being in this frame; null: none was. */
  private burst: number | null = null;
  private readonly request: (run: () => void) => void;
  private readonly now: () => number;
  private readonly budget: number;

  constructor(options: SchedulerOptions = {}) {
    this.request = options.request ?? ((run): void => void requestAnimationFrame(run));
    this.now = options.now ?? ((): number => performance.now());
    this.budget = options.budget ?? 14;
  }

  /** `item` shall be painted in the next frame in which it is visible. */
  invalidate(item: Paintable): void {
    this.dirty.add(item);
    if (item.visible) this.wake();
  }

  /** A Plotly call for `item`; a later one takes its place. */
  enqueue(item: Paintable, run: () => void): void {
    this.jobs.delete(item);
    this.jobs.set(item, run);
    this.wake();
  }

  /** `item` came into view. */
  shown(item: Paintable): void {
    if (this.dirty.has(item)) this.wake();
  }

  /**
   * `item` has just been laid out for the first time, and the frame is not painted yet: it is painted in this one, as long
   * as the budget lasts, and not in the one after.
   */
  born(item: Paintable): void {
    if (this.burst === null) {
      this.burst = this.now();
      this.request(() => (this.burst = null));
    }
    if (!item.visible || this.now() - this.burst > this.budget) return this.invalidate(item);
    this.dirty.delete(item);
    item.paint();
  }

  forget(item: Paintable): void {
    this.dirty.delete(item);
    this.jobs.delete(item);
  }

  /** Everything that has changed, now, in sight or not: for the printer, which waits for no frame. */
  paintAll(): void {
    for (const item of [...this.dirty]) {
      this.dirty.delete(item);
      item.paint();
    }
    while (this.callNext());
  }

  private wake(): void {
    if (this.pending) return;
    this.pending = true;
    this.request(() => this.frame());
  }

  private frame(): void {
    this.pending = false;
    const start = this.now();
    let called = this.callNext();
    let rest = called;
    for (const item of this.dirty) {
      if (!item.visible) continue;
      if (this.now() - start > this.budget && rest) break;
      this.dirty.delete(item);
      item.paint();
      rest = true;
      // A chart that has just asked for its axes gets them before the next one is looked at: the first is seen sooner.
      if (!called) called = this.callNext();
    }
    const left = this.jobs.size > 0 || [...this.dirty].some((item) => item.visible);
    frames.push(this.now() - start);
    if (left) this.wake();
    else painted();
  }

  /** The Plotly call that has waited longest, and the chart's lines over it; false where none waits. */
  private callNext(): boolean {
    for (const [item, run] of this.jobs) {
      this.jobs.delete(item);
      run();
      this.dirty.delete(item);
      item.paint();
      return true;
    }
    return false;
  }
}

export const scheduler = new Scheduler();
