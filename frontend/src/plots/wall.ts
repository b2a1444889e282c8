/** Small multiples on one canvas: rows share a y scale, columns are arms. Cheap enough for a hundred cells. */

import { type ColumnCache, columnsOf } from "./draw";
import { extentOf } from "./extent";
import { axisOf, type LineMark, type TimeView } from "./figure";
import { type Box, paintBand, paintCursor, paintLine, type Scale, yOf } from "./paint";
import { lineKey, timeKey } from "./looks";
import { nextRange, type Range } from "./range";
import { type Paintable, scheduler } from "./scheduler";
import { contextOf, Surface } from "./surface";
import { colour } from "./theme";

export interface WallRow {
  key: string;
  /** One for each column; null: not measured. */
  cells: (LineMark | null)[];
}

export interface WallOptions {
  canvas: HTMLCanvasElement;
  rows(): WallRow[];
  time(): TimeView;
  log(): boolean;
  /** Pixels between cells. */
  gap: number;
  /** The rows' y ranges changed, in data numbers. */
  onranges(ranges: Map<string, Range>): void;
  onempty(empty: boolean): void;
}

export class Wall implements Paintable {
  private readonly options: WallOptions;
  private readonly surface: Surface;
  private readonly cache: ColumnCache = new WeakMap();
  private readonly ranges = new Map<string, Range>();
  private wasLog: boolean | null = null;
  private empty: boolean | null = null;
  /** What was painted last; null: it is to be painted anew in any case. */
  private looks: string | null = null;

  constructor(options: WallOptions) {
    this.options = options;
    this.surface = new Surface(options.canvas, this, () => {
      this.looks = null;
      this.invalidate();
    });
  }

  get visible(): boolean {
    return this.surface.visible;
  }

  invalidate(): void {
    scheduler.invalidate(this);
  }

  destroy(): void {
    scheduler.forget(this);
    this.surface.destroy();
  }

  /** Row and column under a place on the canvas, and the step there. */
  find(x: number, y: number): { row: number; column: number; step: number } | null {
    const rows = this.options.rows();
    const columns = rows[0]?.cells.length ?? 0;
    if (columns === 0) return null;
    const row = Math.min(rows.length - 1, Math.floor((y / this.surface.height) * rows.length));
    const column = Math.min(columns - 1, Math.floor((x / this.surface.width) * columns));
    if (row < 0 || column < 0) return null;
    const box = this.box(row, column, rows.length, columns);
    const time = this.options.time();
    const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
    const axis = rows[row]!.cells[column]?.axis ?? time.axis;
    return { row, column, step: Math.round(axis.stepAt(time.x0 + share * (time.x1 - time.x0))) };
  }

  paint(): void {
    const { width, height } = this.surface;
    if (width < 10 || height < 10) return;
    const rows = this.options.rows();
    const time = this.options.time();
    const looks = this.looksOf(rows, time);
    if (looks !== null && looks === this.looks) return;
    const ctx = contextOf(this.options.canvas, this.surface);
    if (ctx === null) return;
    this.looks = looks;
    this.report(rows);
    this.rescale(rows);
    rows.forEach((row, r) => {
      row.cells.forEach((mark, c) => this.paintCell(ctx, mark, this.box(r, c, rows.length, row.cells.length), row.key, time));
    });
  }

  private looksOf(rows: readonly WallRow[], time: TimeView): string | null {
    const about = timeKey(time);
    if (about === null) return null;
    const cells = rows.map((row) => [row.key, ...row.cells.map((mark) => (mark === null ? "" : mark.ink.variable + lineKey(mark, time)))].join());
    return [this.surface.width, this.surface.height, this.options.log(), about, ...cells].join("|");
  }

  private report(rows: WallRow[]): void {
    const empty = rows.every((row) => row.cells.every((mark) => mark === null || (mark.curve.n === 0 && mark.tail === null)));
    if (empty === this.empty) return;
    this.empty = empty;
    this.options.onempty(empty);
  }

  private box(row: number, column: number, rows: number, columns: number): Box {
    const { gap } = this.options;
    const width = (this.surface.width - gap * (columns - 1)) / columns;
    const height = (this.surface.height - gap * (rows - 1)) / rows;
    return { left: column * (width + gap), top: row * (height + gap), width, height };
  }

  private rescale(rows: WallRow[]): void {
    const log = this.options.log();
    if (log !== this.wasLog) this.ranges.clear();
    this.wasLog = log;
    const time = this.options.time();
    const columns = rows[0]?.cells.length ?? 1;
    let changed = false;
    for (const row of rows) {
      const marks = row.cells.filter((mark) => mark !== null);
      const { width } = this.box(0, 0, rows.length, columns);
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
    if (mark.end !== null) this.paintEnd(ctx, mark, box, px(mark.end.step));
    if (time.cursor !== null) paintCursor(ctx, box, px(time.cursor));
    ctx.restore();
  }

  private paintEnd(ctx: CanvasRenderingContext2D, mark: LineMark, box: Box, x: number): void {
    ctx.strokeStyle = colour(mark.ink.variable);
    ctx.lineWidth = 1.5;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(x, box.top);
    ctx.lineTo(x, box.top + box.height);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}
