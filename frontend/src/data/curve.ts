/** A curve: windows of one series as growing typed arrays. The arrays are longer than `n`; look at the first `n` only. */

export class Curve {
  n = 0;
  /** Grows whenever what was there before is no longer valid, so that whoever read up to `n` starts again. */
  generation = 0;
  /** Last step of each window; grows strictly. */
  step: Uint32Array;
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;

  constructor(capacity = 64) {
    this.step = new Uint32Array(capacity);
    this.value = new Float32Array(capacity);
    this.low = new Float32Array(capacity);
    this.high = new Float32Array(capacity);
  }

  get lastStep(): number {
    return this.n > 0 ? this.step[this.n - 1]! : -1;
  }

  push(step: number, value: number, low: number, high: number): void {
    this.reserve(this.n + 1);
    const i = this.n++;
    this.step[i] = step;
    this.value[i] = value;
    this.low[i] = low;
    this.high[i] = high;
  }

  /** Rows `from` up to `to` of a chunk's columns. */
  append(from: number, to: number, columns: Columns5): void {
    this.reserve(this.n + to - from);
    this.step.set(columns.step.subarray(from, to), this.n);
    this.value.set(columns.value.subarray(from, to), this.n);
    this.low.set(columns.low.subarray(from, to), this.n);
    this.high.set(columns.high.subarray(from, to), this.n);
    this.n += to - from;
  }

  /** Forgets the windows that end after `step`. */
  rewind(step: number): void {
    const n = indexAt(this.step, this.n, step) + 1;
    if (n === this.n) return;
    this.n = n;
    this.generation += 1;
  }

  clear(): void {
    this.n = 0;
    this.generation += 1;
  }

  private reserve(count: number): void {
    if (count <= this.step.length) return;
    const capacity = Math.max(count, this.step.length * 2);
    this.step = grown(this.step, new Uint32Array(capacity));
    this.value = grown(this.value, new Float32Array(capacity));
    this.low = grown(this.low, new Float32Array(capacity));
    this.high = grown(this.high, new Float32Array(capacity));
  }
}

export interface Columns5 {
  step: Uint32Array;
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;
}

/** One window: the open one of the provisional tail, or the one under the cursor. */
export interface Point {
  step: number;
  value: number;
  low: number;
  high: number;
}

function grown<T extends Uint32Array | Float32Array>(old: T, fresh: T): T {
  fresh.set(old as never);
  return fresh;
}

/** Index of the last step <= `step` among the first `n`; -1 where there is none. */
export function indexAt(steps: Uint32Array, n: number, step: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The window that holds `step`: the first that ends at or after it, else the last one. */
export function pointAt(curve: Curve, step: number, tail: Point | null = null): Point | null {
  let i = indexAt(curve.step, curve.n, step);
  if (i < 0 || curve.step[i]! < step) i += 1;
  if (i < curve.n) {
    return { step: curve.step[i]!, value: curve.value[i]!, low: curve.low[i]!, high: curve.high[i]! };
  }
  if (tail !== null) return tail;
  if (curve.n === 0) return null;
  i = curve.n - 1;
  return { step: curve.step[i]!, value: curve.value[i]!, low: curve.low[i]!, high: curve.high[i]! };
}
