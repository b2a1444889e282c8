/** Ranges of the y axis: they grow with headroom and shrink only when most of them is empty, so that axes stand still. */

export type Range = readonly [number, number];

export interface RangeOptions {
  log: boolean;
  fixed: Range | null;
  include: number | null;
}

/** A logarithmic axis reaches down to this share of its top, or of 1 where the top is higher. */
const DEEPEST = 1e-12;

/** Room as a share of the span at an end that values have just passed: as a rule they go on, and each new axis is dear. */
const AHEAD = 0.25;
/** Shown while there is nothing, and not held: the first data ask for a range of their own. */
const NOTHING: { linear: Range; log: Range } = { linear: [0, 1], log: [-2, 0.5] };
/** As many may lie empty below bars. */
const EMPTY_DECADES = 1.5;

/**
 * The range to show, in the axis' own numbers (log10 on a logarithmic one).
 *
 * @param extent least and greatest value that is shown, in data numbers; null: nothing is
 * @param shown the range shown now; null: none
 */
export function nextRange(extent: Range | null, shown: Range | null, options: RangeOptions): Range {
  const { log, fixed } = options;
  if (fixed !== null) return log ? [Math.log10(fixed[0]), Math.log10(fixed[1])] : fixed;
  const nothing = log ? NOTHING.log : NOTHING.linear;
  if (extent === null) return shown ?? nothing;
  const current = shown !== null && shown[0] === nothing[0] && shown[1] === nothing[1] ? null : shown;
  let [low, high] = log ? logged(extent) : extent;
  if (!log && options.include !== null) {
    low = Math.min(low, options.include);
    high = Math.max(high, options.include);
  }
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) {
    const half = log ? 0.5 : Math.max(Math.abs(high) * 0.1, 1e-6);
    low -= half;
    high += half;
  }
  // Bars on a logarithmic axis stand on a whole decade.
  const least = low;
  const standing = log && options.include !== null;
  if (standing) low = Math.floor(low - 0.05);
  const span = high - low;
  if (current !== null) {
    const [a, b] = current;
    const inside = low >= a && high <= b;
    // They leave it for the next only well above it: values that sway about a decade's end would move the axis each time.
    const foot = standing && least - a < EMPTY_DECADES ? a : low;
    if (inside && high - foot >= 0.45 * (b - a)) return current;
  }
  const below = current !== null && low < current[0] ? AHEAD : 0.06;
  const above = current !== null && high > current[1] ? AHEAD : log ? 0.1 : 0.14;
  const floor = options.include !== null && (log || low === options.include) ? low : low - below * span;
  return log ? [floor, high + above * span] : nice([floor, high + above * span]);
}

function logged(extent: Range): [number, number] {
  const high = Math.log10(Math.max(extent[1], 1e-30));
  return [Math.log10(Math.max(extent[0], Math.min(extent[1], 1) * DEEPEST)), high];
}

/** Ends rounded outwards to a twentieth of the span's decade, so that they do not creep. */
function nice(range: Range): Range {
  const step = 10 ** Math.floor(Math.log10(range[1] - range[0])) / 20;
  return [Math.floor(range[0] / step) * step, Math.ceil(range[1] / step) * step];
}

/** Least and greatest of what is finite (and above 0 on a logarithmic axis) so far. */
export class Extent {
  low = Infinity;
  high = -Infinity;
  private readonly floor: number;

  constructor(log: boolean) {
    this.floor = log ? Number.MIN_VALUE : -Infinity;
  }

  add(value: number): void {
    if (!Number.isFinite(value) || value < this.floor) return;
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }

  get range(): Range | null {
    return this.low <= this.high ? [this.low, this.high] : null;
  }
}
