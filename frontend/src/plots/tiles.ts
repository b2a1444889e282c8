/** Pictures of the plane side by side on one canvas: one for each arm, all on the same scale, with examples over them. */

import { type Rgb, pixelsOf } from "../data/boundary";
import { Drawing, type DrawingOptions } from "./drawing";
import { HEAD, paintHead } from "./head";
import type { Size } from "./paint";
import { colour, sized } from "./theme";

export interface Tile {
  name: string;
  /** The arm's colour, a CSS custom property's name. */
  variable: string;
  /** class + probability of each cell, the first row below; null: nothing measured yet. */
  row: Float32Array | null;
}

export interface Examples {
  low: number;
  high: number;
  cells: number;
  x: readonly number[];
  y: readonly number[];
  classes: readonly number[];
}

export interface TilesOptions extends DrawingOptions {
  tiles(): Tile[];
  plane(): Examples;
  classes(): number;
}

interface Place {
  left: number;
  top: number;
  side: number;
}

const GAP = 8;

/** Squares as large as they can be in `width` x `height`, row by row from the top, in the middle of each row. */
export function arrange(count: number, width: number, height: number): Place[] {
  let best = { side: 0, columns: 1 };
  const head = sized(HEAD);
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const side = Math.min((width - GAP * (columns - 1)) / columns, (height - GAP * (rows - 1)) / rows - head);
    if (side > best.side) best = { side, columns };
  }
  const { columns } = best;
  const side = Math.floor(best.side);
  const left = Math.max(0, (width - columns * side - GAP * (columns - 1)) / 2);
  return Array.from({ length: count }, (_, i) => ({
    left: Math.round(left + (i % columns) * (side + GAP)),
    top: Math.round(head + Math.floor(i / columns) * (side + head + GAP)),
    side,
  }));
}

/** `#rrggbb`, or `#rgb` as a minifier writes it. */
export function rgbOf(hex: string): Rgb {
  const long = hex.length === 4 ? [...hex].map((digit) => digit + digit).join("").slice(1) : hex;
  return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb;
}

export function classColour(index: number): string {
  return colour(`--class-${(index % 3) + 1}`);
}

export class Tiles extends Drawing<TilesOptions> {
  protected override readonly least = 10;
  private readonly image = document.createElement("canvas");

  /** Where the tiles lie on the canvas, in pixels of the page. */
  places(): Place[] {
    return arrange(this.options.tiles().length, this.surface.width, this.surface.height);
  }

  /** The tile under a place on the canvas, and the point of the plane there. */
  find(x: number, y: number): { tile: number; x: number; y: number } | null {
    const { low, high } = this.options.plane();
    const places = this.places();
    const tile = places.findIndex((p) => x >= p.left && x < p.left + p.side && y >= p.top && y < p.top + p.side);
    if (tile < 0) return null;
    const { left, top, side } = places[tile]!;
    return { tile, x: low + ((x - left) / side) * (high - low), y: high - ((y - top) / side) * (high - low) };
  }

  protected override looksOf(): null {
    return null; // Examples and rows come seldom, and all at once.
  }

  protected override paintOn(ctx: CanvasRenderingContext2D, size: Size): void {
    const { image } = this;
    const tiles = this.options.tiles();
    const plane = this.options.plane();
    const colours = Array.from({ length: this.options.classes() }, (_, index) => rgbOf(classColour(index)));
    const ground = rgbOf(colour("--surface"));
    arrange(tiles.length, size.width, size.height).forEach((place, i) => {
      const { left, top, side } = place;
      ctx.fillStyle = colour("--sunken");
      ctx.fillRect(left, top, side, side);
      const row = tiles[i]!.row;
      if (row !== null) {
        image.width = image.height = plane.cells;
        image.getContext("2d")!.putImageData(new ImageData(pixelsOf(row, plane.cells, colours, ground), plane.cells), 0, 0);
        ctx.imageSmoothingEnabled = true;
        ctx.imageSmoothingQuality = "high";
        ctx.drawImage(image, left, top, side, side);
      }
      paintExamples(ctx, place, plane);
      paintHead(ctx, { left, top, width: side }, tiles[i]!.name, tiles[i]!.variable);
      ctx.strokeStyle = colour("--hairline");
      ctx.lineWidth = 1;
      ctx.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
    });
    this.report(tiles.every((tile) => tile.row === null));
  }
}

/** Class by colour and by shape: dot, square, triangle. */
function paintExamples(ctx: CanvasRenderingContext2D, { left, top, side }: Place, plane: Examples): void {
  const radius = Math.max(1.2, Math.min(4.5, side / 100));
  const scale = side / (plane.high - plane.low);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, side, side);
  ctx.clip();
  ctx.lineWidth = Math.max(0.6, radius / 2.4);
  ctx.strokeStyle = colour("--surface");
  for (let i = 0; i < plane.x.length; i++) {
    const shape = plane.classes[i]!;
    ctx.fillStyle = classColour(shape);
    ctx.beginPath();
    marker(ctx, shape, left + (plane.x[i]! - plane.low) * scale, top + (plane.high - plane.y[i]!) * scale, radius);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function marker(ctx: CanvasRenderingContext2D, shape: number, x: number, y: number, radius: number): void {
  if (shape % 3 === 0) ctx.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape % 3 === 1) ctx.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else {
    ctx.moveTo(x, y - radius * 1.2);
    ctx.lineTo(x + radius * 1.1, y + radius * 0.9);
    ctx.lineTo(x - radius * 1.1, y + radius * 0.9);
    ctx.closePath();
  }
}
