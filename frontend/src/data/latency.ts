/** How old the newest point is when its pixels are painted, and how long frames take: the last 512 of each. */

export class Ring {
  private readonly values: Float64Array;
  private written = 0;

  constructor(size = 512) {
    this.values = new Float64Array(size);
  }

  push(value: number): void {
    this.values[this.written++ % this.values.length] = value;
  }

  get count(): number {
    return this.written;
  }

  get last(): number {
    return this.written === 0 ? NaN : this.values[(this.written - 1) % this.values.length]!;
  }

  /** In no particular order. */
  toArray(): number[] {
    return Array.from(this.values.subarray(0, Math.min(this.written, this.values.length)));
  }

  /** `q` from 0 to 1; NaN where nothing was pushed. */
  quantile(q: number): number {
    const sorted = this.toArray().sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
  }

  clear(): void {
    this.written = 0;
  }
}

/** Milliseconds from the end of a step to the paint that shows it. */
export const latency = new Ring(4096);
/** Milliseconds of script for each frame that painted something. */
export const frames = new Ring(4096);

let waiting = NaN;

/** Data whose last step ended at `time` (Unix seconds) came in; the next paint shows it. */
export function arrived(time: number): void {
  if (time > 0 && !(waiting < time)) waiting = time;
}

export function painted(now: number = Date.now()): void {
  if (Number.isNaN(waiting)) return;
  latency.push(now - waiting * 1000);
  waiting = NaN;
}

declare global {
  interface Window {
    /** For measuring from outside: `normscope.latency.quantile(0.95)`. */
    normscope?: { latency: Ring; frames: Ring };
  }
}

if (typeof window !== "undefined") window.normscope = { latency, frames };
