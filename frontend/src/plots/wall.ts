/** Small multiples on one canvas: rows share a y scale, columns are arms. Cheap enough for a hundred cells. */

import { type ColumnCache, columnsOf } from "./draw";
import { Drawing, type DrawingOptions } from "./drawing";
import { extentOf } from "./extent";
import { axisOf, type LineMark, type TimeView } from "./figure";
import { type Box, paintBand, paintCursor, paintEnd, paintLine, type Scale, type Size, yOf } from "./paint";
import { lineKey, timeKey } from "./looks";
import { nextRange, type Range } from "./range";
import { colour } from "./theme";

export interface WallRow {
  key: string;
  /** One for each column; null: not measured. */
  cells: (LineMark | null)[];
}

export interface WallOptions extends DrawingOptions {
  rows(): WallRow[];
  time(): TimeView;
  log(): boolean;
  /** Pixels between cells. */
  gap: number;
  /** The rows' y ranges changed, in data numbers. */
  onranges(ranges: Map<string, Range>): void;
}

export class Wall extends Drawing<WallOptions> {
  protected override readonly least = 10;
  private readonly cache: ColumnCache = new WeakMap();
  private readonly ranges = new Map<string, Range>();
  private wasLog: boolean | null = null;

  /** Row and column under a place on the canvas, and the step there. */
  find(x: number, y: number): { row: number; column: number; step: number } | null {
    const rows = this.options.rows();
    const columns = rows[0]?.cells.length ?? 0;
    if (columns === 0) return null;
    const row = Math.min(rows.length - 1, Math.floor((y / this.surface.height) * rows.length));
    const column = Math.min(columns - 1, Math.floor((x / this.surface.width) * columns));
    if (row < 0 || column < 0) return null;
    const box = this.box(row, column, rows.length, columns, this.surface);
    const time = this.options.time();
    const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
    const axis = rows[row]!.cells[column]?.axis ?? time.axis;
    return { row, column, step: Math.round(axis.stepAt(time.x0 + share * (time.x1 - time.x0))) };
  }

  protected override looksOf(): string | null {
    const time = this.options.time();
    const about = timeKey(time);
    if (about === null) return null;
    const cells = this.options.rows().map((row) => [row.key, ...row.cells.map((mark) => (mark === null ? "" : mark.ink.variable + lineKey(mark, time)))].join());
    return [this.options.log(), about, ...cells].join("|");
  }

  protected override paintOn(ctx: CanvasRenderingContext2D, size: Size): void {
    const rows = this.options.rows();
    const time = this.options.time();
    this.report(rows.every((row) => row.cells.every((mark) => mark === null || isBare(mark))));
    this.rescale(rows, size);
    rows.forEach((row, r) => {
      row.cells.forEach((mark, c) => this.paintCell(ctx, mark, this.box(r, c, rows.length, row.cells.length, size), row.key, time));
    });
  }

  private box(row: number, column: number, rows: number, columns: number, size: Size): Box {
    const { gap } = this.options;
    const width = (size.width - gap * (columns - 1)) / columns;
    const height = (size.height - gap * (rows - 1)) / rows;
    return { left: column * (width + gap), top: row * (height + gap), width, height };
  }

  private rescale(rows: WallRow[], size: Size): void {
    const log = this.options.log();
    if (log !== this.wasLog) this.ranges.clear();
    this.wasLog = log;
    const time = this.options.time();
    const columns = rows[0]?.cells.length ?? 1;
    let changed = false;
    for (const row of rows) {
      const marks = row.cells.filter((mark) => mark !== null);
      const { width } = this.box(0, 0, rows.length, columns, size);
      const extent = extentOf(marks, log, (curve, mark) => columnsOf(this.cache, curve, axisOf(mark, time), time, width));
      const old = this.ranges.get(row.key) ?? null;
      const range = nextRange(extent, old, { log, fixed: null, include: null });
      if (old !== null && range[0] === old[0] && range[1] === old[1]) continue;
      this.ranges.set(row.key, range);
      changed = true;
    }
    if (!changed) return;
    const shown = [...this.ranges].map(([key, range]): [string, Range] => [key, log ? [10 ** range[0], 10 ** range[1]] : range]);
    this.options.onranges(new Map(shown));
  }

  private paintCell(ctx: CanvasRenderingContext2D, mark: LineMark | null, box: Box, key: string, time: TimeView): void {
    const range = this.ranges.get(key);
    ctx.fillStyle = colour("--sunken");
    ctx.globalAlpha = 0.5;
    ctx.fillRect(box.left, box.top, box.width, box.height);
    ctx.globalAlpha = 1;
    if (mark === null || range === undefined) return;
    const scale: Scale = { box, log: this.options.log(), range };
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
    if (!scale.log && range[0] < 0 && range[1] > 0) {
      ctx.fillStyle = colour("--hairline");
      ctx.fillRect(box.left, Math.round(yOf(scale, 0)) - 0.5, box.width, 1);
    }
    const axis = axisOf(mark, time);
    const columns = columnsOf(this.cache, mark.curve, axis, time, box.width);
    const perUnit = box.width / (time.x1 - time.x0);
    const px = (step: number): number => box.left + (axis.of(step) - time.x0) * perUnit;
    if (mark.band !== null) {
      paintBand(ctx, scale, columnsOf(this.cache, mark.band, axis, time, box.width), mark.ink, mark.bandAlpha);
    }
    const tail = mark.tail === null ? null : { x: px(mark.tail.step), y: yOf(scale, mark.tail.value) };
    const pen = { width: mark.width, alpha: mark.alpha, dash: mark.ink.dash };
    paintLine(ctx, scale, columns, mark.ink, pen, tail);
    if (mark.end !== null) paintEnd(ctx, box, px(mark.end.step), mark.ink.variable);
    if (time.cursor !== null) paintCursor(ctx, box, px(time.cursor));
    ctx.restore();
  }
}

/** Nothing of it can be drawn: there is no point, or none that is a number. */
function isBare({ curve, tail }: LineMark): boolean {
  if (tail !== null && Number.isFinite(tail.value)) return false;
  for (let i = curve.n - 1; i >= 0; i--) if (Number.isFinite(curve.value[i]!)) return false;
  return true;
}
