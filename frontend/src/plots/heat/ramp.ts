/** Colour maps: from a few colours to 256, in equal steps of what the eye sees (OKLab; Ottosson 2020). */

import type { Rgb } from "../../data/boundary";

/** Colours as `ImageData` holds them, read as 32-bit numbers: alpha, blue, green, red from the highest byte. */
export type Ramp = Uint32Array;
export const SHADES = 256;

export type Lab = readonly [number, number, number];

export function labOf(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map((c) => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function rgbOfLab([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((c) => {
    const share = c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  }) as unknown as Rgb;
}

/** `stops` lie evenly from the least to the greatest value. */
export function rampOf(stops: readonly Rgb[]): Ramp {
  const labs = stops.map(labOf);
  return Uint32Array.from({ length: SHADES }, (_, i) => {
    const at = (i / (SHADES - 1)) * (labs.length - 1);
    const from = Math.min(labs.length - 2, Math.floor(at));
    const [a, b] = [labs[from]!, labs[from + 1]!];
    return packed(rgbOfLab(a.map((value, k) => value + (b[k]! - value) * (at - from)) as unknown as Lab));
  });
}

export function packed([r, g, b]: Rgb): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function unpacked(colour: number): Rgb {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
}

/** From `low` to `high` on the map's own axis (log10 on a logarithmic one); values beyond get the last colours. */
export interface HeatScale {
  low: number;
  high: number;
  log: boolean;
}


/** Values at the ends of the scale, in data numbers. */
export function endsOf({ low, high, log }: HeatScale): readonly [number, number] {
  return log ? [10 ** low, 10 ** high] : [low, high];
}
