/** Where labels stand that would overlap. */

/** Places for labels wanted at `wanted`, at least `height` apart, between `top` and `bottom`; the order is kept. */
export function spread(wanted: readonly number[], height: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const places = order.map((i) => Math.min(bottom, Math.max(top, wanted[i]!)));
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + height);
  let limit = bottom;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i]!, limit);
    limit = places[i]! - height;
  }
  const result: number[] = [];
  order.forEach((label, i) => (result[label] = places[i]!));
  return result;
}
