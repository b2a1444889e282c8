/** A slider's position, 0 to 1, and the value it stands for; on a log scale round numbers of two digits. */

export interface Scale {
  low: number;
  high: number;
  log: boolean;
  integer: boolean;
  /** The lowest position stands for 0, which a log scale cannot reach. */
  zero: boolean;
}

export function fraction(value: number, scale: Scale): number {
  const { low, high } = scale;
  if (!Number.isFinite(value) || value <= low) return 0;
  if (value >= high) return 1;
  return scale.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

export function valueAt(position: number, scale: Scale): number {
  const { low, high } = scale;
  if (scale.zero && position <= 0) return 0;
  const raw = scale.log ? low * (high / low) ** position : low + (high - low) * position;
  const value = scale.log ? Number(raw.toPrecision(2)) : Number(raw.toFixed(2));
  return Math.min(high, Math.max(low, scale.integer ? Math.round(value) : value));
}

/** One step of the arrow keys: 1, 2, 5, 10, 20 ... on a log scale, a twentieth of the range else. */
export function stepped(value: number, direction: 1 | -1, scale: Scale): number {
  if (!scale.log) return clamp(Number((value + (direction * (scale.high - scale.low)) / 20).toFixed(4)), scale);
  if (value <= 0) return direction > 0 ? scale.low : value;
  const power = Math.floor(Math.log10(value) + 1e-9);
  const ladder = [-1, 0, 1].flatMap((shift) => [1, 2, 5].map((digit) => Number(`${digit}e${power + shift}`)));
  const slack = value * 1e-9;
  const next =
    direction > 0 ? ladder.find((rung) => rung > value + slack) : ladder.findLast((rung) => rung < value - slack);
  if (direction < 0 && scale.zero && (next === undefined || next < scale.low)) return 0;
  return clamp(next ?? value, scale);
}

function clamp(value: number, scale: Scale): number {
  const inside = Math.min(scale.high, Math.max(scale.low, value));
  return scale.integer ? Math.round(inside) : inside;
}
