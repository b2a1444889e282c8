/** What a map is made of: columns of numbers one above the other, their extent, and their colours as an image. */

import { Extent, nextRange, type Range } from "../range";
import { HeatColumns, type HeatSource, type HeatTime } from "./columns";
import { type HeatScale, type Ramp, SHADES } from "./ramp";

/** Beyond this many decades below its top a logarithmic scale says no more. */
const DECADES = 8;

export class Strips {
  readonly all: HeatColumns[] = [];
  /** First pixel column that is not coloured as it should be. */
  private stale = 0;
  private painted = "";
  private ramp: Ramp | null = null;
  width = 0;

  /** Takes in what the sources have gained; whether that changes anything. */
  update(sources: readonly HeatSource[], time: HeatTime, width: number, until: number): boolean {
    let changed = false;
    if (this.all.length !== sources.length || width !== this.width) {
      this.all.length = 0;
      for (let i = 0; i < sources.length; i++) this.all.push(new HeatColumns());
      this.width = width;
      this.stale = 0;
      changed = true;
    }
    sources.forEach((source, i) => {
      const from = this.all[i]!.update(source, time, width, until);
      changed ||= from < width;
      this.stale = Math.min(this.stale, from);
    });
    return changed;
  }

  /** Replaces each number by what `make` makes of those of two others: one picture out of two. */
  combine(a: Strips, b: Strips, make: (x: number, y: number) => number): void {
    const strips = Math.min(a.all.length, b.all.length);
    this.width = a.width;
    this.all.length = 0;
    for (let i = 0; i < strips; i++) {
      const [one, other] = [a.all[i]!, b.all[i]!];
      const result = new HeatColumns();
      result.units = Math.min(one.units, other.units);
      result.width = a.width;
      result.filled = Math.min(one.filled, other.filled);
      result.values = new Float32Array(result.units * result.filled);
      for (let column = 0; column < result.filled; column++) {
        for (let unit = 0; unit < result.units; unit++) {
          result.values[column * result.units + unit] = make(one.at(column, unit), other.at(column, unit));
        }
      }
      this.all.push(result);
    }
    this.stale = 0;
  }

  get rows(): number {
    return this.all.reduce((sum, columns) => sum + columns.units, 0);
  }

  get filled(): number {
    return Math.max(0, ...this.all.map((columns) => columns.filled));
  }

  /** The number at a pixel column and a row counted from the top. */
  at(column: number, row: number): number {
    let rest = row;
    for (const columns of this.all) {
      if (rest < columns.units) return columns.at(column, rest);
      rest -= columns.units;
    }
    return NaN;
  }

  /** Everything is to be coloured anew. */
  repaint(): void {
    this.stale = 0;
  }

  /** Colours what has changed; `pixels` has `width * rows` of them. Returns the columns to be shown anew. */
  colour(pixels: Uint32Array, scale: HeatScale, ramp: Ramp): [from: number, to: number] {
    const key = `${scale.low}|${scale.high}|${scale.log}|${this.rows}`;
    if (key !== this.painted || ramp !== this.ramp) this.stale = 0;
    this.painted = key;
    this.ramp = ramp;
    const from = this.stale;
    const to = this.filled;
    let row = 0;
    for (const columns of this.all) {
      paint(pixels, columns, { row, width: this.width, from }, scale, ramp);
      row += columns.units;
    }
    if (from === 0) for (let r = 0; r < row; r++) pixels.fill(0, r * this.width + to, (r + 1) * this.width);
    this.stale = this.width;
    return [from, Math.max(from, to)];
  }
}

function paint(
  pixels: Uint32Array,
  columns: HeatColumns,
  { row, width, from }: { row: number; width: number; from: number },
  scale: HeatScale,
  ramp: Ramp,
): void {
  const { values, units, filled } = columns;
  const { low, high, log } = scale;
  const factor = SHADES / (high - low);
  for (let column = from; column < filled; column++) {
    for (let unit = 0; unit < units; unit++) {
      const value = values[column * units + unit]!;
      let at = Math.floor(((log ? Math.log10(value) : value) - low) * factor);
      if (at >= SHADES) at = SHADES - 1;
      // A NaN is neither.
      pixels[(row + unit) * width + column] = at >= 0 ? ramp[at]! : at < 0 ? ramp[0]! : 0;
    }
  }
}

/**
 * The scale that all of `maps` share: it leaves out the most extreme hundredth at each end, so that one value that runs
 * off does not make the rest one colour, and it stands still as long as it fits.
 */
export function sharedScale(maps: readonly Strips[], current: HeatScale | null, options: ScaleOptions): HeatScale {
  const { log, fixed, centred } = options;
  if (fixed !== null) return { low: fixed[0], high: fixed[1], log };
  const values = sampled(maps, log);
  const held: Range | null = current !== null && current.log === log ? [current.low, current.high] : null;
  let extent: Range | null = null;
  if (values.length > 0) {
    values.sort();
    const cut = Math.floor(values.length / 100);
    extent = [values[cut]!, values[values.length - 1 - cut]!];
    if (centred) {
      const reach = Math.max(Math.abs(extent[0]), Math.abs(extent[1]), Number.MIN_VALUE);
      extent = [-reach, reach];
    } else if (log) extent = [Math.max(extent[0], extent[1] / 10 ** DECADES), extent[1]];
  }
  const [low, high] = nextRange(extent, held, { log, fixed: null, include: null });
  const reach = Math.max(-low, high);
  return centred ? { low: -reach, high: reach, log } : { low, high, log };
}

export interface ScaleOptions {
  log: boolean;
  /** In the map's own numbers; null: as the values ask for. */
  fixed: Range | null;
  /** 0 is in the middle. */
  centred: boolean;
}

/** Enough to know the extent by. */
const SAMPLES = 4000;

function sampled(maps: readonly Strips[], log: boolean): Float32Array {
  const all = maps.flatMap((map) => map.all);
  const total = all.reduce((sum, columns) => sum + columns.filled * columns.units, 0);
  const stride = Math.max(1, Math.floor(total / SAMPLES) | 1);
  const found = new Float32Array(Math.ceil(total / stride) + all.length);
  let n = 0;
  for (const { values, filled, units } of all) {
    const end = filled * units;
    for (let i = 0; i < end; i += stride) {
      const value = values[i]!;
      if (Number.isFinite(value) && (!log || value > 0)) found[n++] = value;
    }
  }
  return found.subarray(0, n);
}

/** Whether anything is there to be seen. */
export function isEmpty(maps: readonly Strips[]): boolean {
  const extent = new Extent(false);
  for (const map of maps) for (const { values, filled, units } of map.all) for (let i = 0; i < filled * units; i++) {
    extent.add(values[i]!);
    if (extent.range !== null) return false;
  }
  return true;
}

