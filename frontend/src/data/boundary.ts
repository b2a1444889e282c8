/** A stored boundary as an image: for each cell the most probable class and how sure the network is of it. */

/** Colour of a class: red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The class and its probability; null where the network has no answer. */
export function answerOf(value: number): { index: number; confidence: number } | null {
  if (!Number.isFinite(value)) return null;
  const index = Math.ceil(value) - 1;
  return { index, confidence: value - index };
}

/** 0 where a class is as probable as chance, 1 where it is certain. */
export function strength(confidence: number, classes: number): number {
  return Math.min(1, Math.max(0, (confidence - 1 / classes) / (1 - 1 / classes)));
}

/** How much of a class's colour is seen where the network is unsure and where it is certain. */
const FAINT = 0.1;
const FULL = 0.72;

/**
 * The cells as pixels, the first row below: `cells * cells` times red, green, blue, alpha.
 * A cell without an answer is left out (alpha 0).
 */
export function pixelsOf(row: Float32Array, cells: number, colours: readonly Rgb[], ground: Rgb): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(cells * cells * 4);
  for (let i = 0; i < cells * cells; i++) {
    const answer = answerOf(row[i] ?? NaN);
    if (answer === null) continue;
    const colour = colours[answer.index % colours.length]!;
    const share = FAINT + (FULL - FAINT) * strength(answer.confidence, colours.length);
    const at = 4 * ((cells - 1 - Math.floor(i / cells)) * cells + (i % cells));
    for (let c = 0; c < 3; c++) pixels[at + c] = ground[c]! + (colour[c]! - ground[c]!) * share;
    pixels[at + 3] = 255;
  }
  return pixels;
}

/** Which cell a place is in; null outside. */
export function cellAt(x: number, y: number, low: number, high: number, cells: number): number | null {
  const column = Math.floor(((x - low) / (high - low)) * cells);
  const row = Math.floor(((y - low) / (high - low)) * cells);
  return column < 0 || row < 0 || column >= cells || row >= cells ? null : row * cells + column;
}
