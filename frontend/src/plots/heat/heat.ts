/**
 * Maps over time side by side on one canvas, all on one scale of colours: time to the right, rows (units, layers) down.
 * Each panel is an image of one pixel for each row and pixel column, to which new columns are added; a repaint stretches
 * the images over their panels, whatever the number of rows.
 */

import type { AxisMap } from "../../data/axis";
import { short } from "../../ui/format";
import { Drawing, type DrawingOptions } from "../drawing";
import type { Stop, TimeView } from "../figure";
import { paintHead } from "../head";
import { cut } from "../labels";
import { type Box, paintCursor, paintEnd, type Size } from "../paint";
import { timeKey } from "../looks";
import { rgbOf } from "../tiles";
import { colour, lettering, sized, textColour } from "../theme";
import { columnsFor, FOOT, panelsIn, roomyTicks } from "./layout";
import type { HeatSource } from "./columns";
import { endsOf, type HeatScale, type Ramp, rampOf } from "./ramp";
import { isEmpty, type ScaleOptions, sharedScale, Strips } from "./strips";

export interface HeatPanel {
  name: string;
  /** The arm's colour, a CSS custom property's name; empty: none. */
  variable: string;
  /** One above the other; empty: this panel has nothing to show. */
  sources: readonly HeatSource[];
  /** Said in an empty panel. */
  absent: string;
  /** Where the arm diverged; null: it did not. */
  end: Stop | null;
  /** Where the same step lies elsewhere for each arm; absent: the axis that all share. */
  axis?: AxisMap | undefined;
}

export interface HeatOptions extends DrawingOptions {
  panels(): HeatPanel[];
  /** Names of the rows, written where there is room; empty: they are numbered. */
  rows(): readonly string[];
  time(): TimeView;
  /** Newest step of the run. */
  until(): number;
  scale(): ScaleOptions & { ramp: "heat" | "diverge" };
  /** Shows two panels as one: the first less the second, or what `combine` makes of both; absent: shows all. */
  combine?: (a: number, b: number) => number;
  /** Between the names of the two. */
  sign(): string;
  /** Values at the ends of the scale; null: there is nothing. */
  onscale(ends: readonly [number, number] | null): void;
}

export interface HeatPlace {
  panel: number;
  row: number;
  step: number;
  value: number;
}

interface Image {
  canvas: HTMLCanvasElement;
  data: ImageData;
  pixels: Uint32Array;
}

const LEAST_PANEL = 150;
const ramps = new Map<string, Ramp>();
if (typeof window !== "undefined") window.addEventListener("themechange", () => ramps.clear(), { capture: true });

export function rampNamed(name: "heat" | "diverge"): Ramp {
  let ramp = ramps.get(name);
  if (ramp === undefined) {
    ramp = rampOf(colour(`--${name}`).split(/[\s,]+/).map(rgbOf));
    ramps.set(name, ramp);
  }
  return ramp;
}

export class Heat extends Drawing<HeatOptions> {
  private readonly strips: Strips[] = [];
  private readonly images: Image[] = [];
  private readonly combined = new Strips();
  private scale: HeatScale | null = null;
  private told = "";
  /** Something is there, and stays. */
  private filled = false;
  /** Grows with the numbers. */
  private generation = 0;
  /** For which size they were read: a column is a pixel wide. */
  private read: Size = { width: 0, height: 0 };

  protected override looksOf(size: Size): string | null {
    if (this.takeIn(size)) this.generation += 1;
    const time = timeKey(this.options.time());
    if (time === null) return null;
    const panels = this.options.panels().map(({ name, variable, absent, end, axis }) => [name, variable, absent, end?.text, axis?.key]);
    return [this.generation, time, JSON.stringify([panels, this.options.scale(), this.options.sign()]), this.options.rows().join()].join("|");
  }

  /** What is under a place on the canvas, in CSS pixels. */
  find(x: number, y: number): HeatPlace | null {
    const boxes = this.boxes(this.surface);
    const panel = boxes.findIndex((b) => x >= b.left && x < b.left + b.width && y >= b.top && y < b.top + b.height);
    if (panel < 0) return null;
    const { left, top, width, height } = boxes[panel]!;
    const time = this.options.time();
    const step = Math.round(this.axis(panel, time).stepAt(time.x0 + ((x - left) / width) * (time.x1 - time.x0)));
    const row = Math.floor(((y - top) / height) * (this.shown()[panel]?.rows ?? 0));
    return { panel, row, step, value: this.shown()[panel]?.at(Math.floor(x - left), row) ?? NaN };
  }

  /** The value of a row at a step. */
  valueAt(panel: number, row: number, step: number): number {
    const box = this.boxes(this.surface)[panel];
    const time = this.options.time();
    if (box === undefined) return NaN;
    const column = Math.floor(((this.axis(panel, time).of(step) - time.x0) / (time.x1 - time.x0)) * box.width);
    const map = this.shown()[panel];
    return map?.at(Math.min(column, map.filled - 1), row) ?? NaN;
  }

  private axis(panel: number, time: TimeView): AxisMap {
    return this.options.panels()[panel]?.axis ?? time.axis;
  }

  rowsOf(panel: number): number {
    return this.shown()[panel]?.rows ?? 0;
  }

  private shown(): readonly Strips[] {
    return this.options.combine === undefined ? this.strips : [this.combined];
  }

  private names(): HeatPanel[] {
    const panels = this.options.panels();
    return this.options.combine === undefined ? panels : [{ ...panels[0]!, name: panels.map((panel) => panel.name).join(this.options.sign()), variable: "", end: null }];
  }

  private boxes(size: Size): Box[] {
    const count = this.options.combine === undefined ? this.options.panels().length : 1;
    return panelsIn(count, size, columnsFor(count, size.width, sized(LEAST_PANEL)), this.left());
  }

  private left(): number {
    const longest = Math.max(0, ...this.options.rows().map((name) => name.length));
    return longest === 0 ? 0 : sized(Math.min(96, 12 + 6.6 * longest));
  }

  /** Brings the numbers up to date; whether any has changed. */
  private takeIn(size: Size): boolean {
    const { combine } = this.options;
    const panels = this.options.panels();
    this.read = size;
    if (combine !== undefined && panels.length < 2) return false;
    const boxes = this.boxes(size);
    const time = this.options.time();
    let changed = this.strips.length !== panels.length;
    while (this.strips.length < panels.length) this.strips.push(new Strips());
    this.strips.length = panels.length;
    panels.forEach((panel, i) => {
      const { width } = boxes[i] ?? boxes[0]!;
      const moved = this.strips[i]!.update(panel.sources, { axis: panel.axis ?? time.axis, x0: time.x0, x1: time.x1 }, width, panel.end?.step ?? this.options.until());
      changed ||= moved;
    });
    return changed;
  }

  protected override paintOn(ctx: CanvasRenderingContext2D, size: Size): void {
    const { combine } = this.options;
    if (size.width !== this.read.width || size.height !== this.read.height) this.takeIn(size);
    if (combine !== undefined) {
      if (this.strips.length < 2) return;
      this.combined.combine(this.strips[0]!, this.strips[1]!, combine);
    }
    const boxes = this.boxes(size);
    const time = this.options.time();
    const { ramp, ...options } = this.options.scale();
    this.scale = sharedScale(this.sound(), this.scale, options);
    this.tell();
    const map = rampNamed(ramp);
    this.names().forEach((panel, i) => this.paintPanel(ctx, panel, this.shown()[i]!, this.imageOf(i, boxes[i]!.width, this.shown()[i]!.rows), boxes[i]!, map, time));
    paintTime(ctx, boxes, size, time);
    if (boxes[0] !== undefined) this.paintRows(ctx, boxes);
  }

  /** Of arms that diverged no value widens the scale of the others. */
  private sound(): readonly Strips[] {
    const panels = this.options.panels();
    const sound = this.strips.filter((map, i) => panels[i]!.end === null && map.filled > 0);
    return this.options.combine !== undefined || sound.length === 0 ? this.shown() : sound;
  }

  private tell(): void {
    this.filled = (this.filled && this.shown().some((map) => map.filled > 0)) || !isEmpty(this.shown());
    this.report(!this.filled);
    const ends = this.filled ? endsOf(this.scale!) : null;
    if (String(ends) === this.told) return;
    this.told = String(ends);
    this.options.onscale(ends);
  }

  private imageOf(index: number, width: number, rows: number): Image | null {
    if (rows === 0 || width < 1) return null;
    const old = this.images[index];
    if (old !== undefined && old.canvas.width === width && old.canvas.height === rows) return old;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = rows;
    const data = new ImageData(width, rows);
    const image = { canvas, data, pixels: new Uint32Array(data.data.buffer) };
    this.images[index] = image;
    this.shown()[index]!.repaint();
    return image;
  }

  private paintPanel(ctx: CanvasRenderingContext2D, panel: HeatPanel, map: Strips, image: Image | null, box: Box, ramp: Ramp, time: TimeView): void {
    const { left, top, width, height } = box;
    ctx.fillStyle = colour("--sunken");
    ctx.fillRect(left, top, width, height);
    if (image !== null) {
      const [from, to] = map.colour(image.pixels, this.scale!, ramp);
      const rows = image.canvas.height;
      const whole = from === 0 ? width : to;
      if (whole > from) image.canvas.getContext("2d")!.putImageData(image.data, 0, 0, from, 0, whole - from, rows);
      // Fewer pixels than rows: neighbours are averaged; else each row is a stripe.
      ctx.imageSmoothingEnabled = rows > height;
      ctx.drawImage(image.canvas, left, top, width, height);
    } else if (panel.absent !== "") {
      ctx.fillStyle = colour("--muted");
      ctx.font = lettering();
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(panel.absent, left + width / 2, top + height / 2, width - 8);
      ctx.textAlign = "left";
    }
    const px = (step: number): number => left + (((panel.axis ?? time.axis).of(step) - time.x0) / (time.x1 - time.x0)) * width;
    if (panel.end !== null) paintStop(ctx, box, px(panel.end.step), panel.end.text, panel.variable);
    if (time.cursor !== null) paintCursor(ctx, box, px(time.cursor));
    paintHead(ctx, box, panel.name, panel.variable);
  }

  /** Names at the left of the first column, numbers where rows have none. */
  private paintRows(ctx: CanvasRenderingContext2D, boxes: readonly Box[]): void {
    const names = this.options.rows();
    if (names.length === 0) return;
    ctx.font = lettering();
    ctx.textBaseline = "middle";
    ctx.textAlign = "right";
    ctx.fillStyle = colour("--muted");
    for (const box of boxes.filter((one) => one.left === boxes[0]!.left)) {
      const height = box.height / names.length;
      const stride = 2 ** Math.max(0, Math.ceil(Math.log2(sized(13) / height)));
      names.forEach((name, i) => {
        if (i % stride === 0) ctx.fillText(cut(name, 14), box.left - 6, box.top + (i + 0.5) * height);
      });
    }
    ctx.textAlign = "left";
  }
}

/** Where the arm ends before the others, and where there is room beside it, why. */
function paintStop(ctx: CanvasRenderingContext2D, box: Box, x: number, text: string, variable: string): void {
  paintEnd(ctx, box, x, variable);
  ctx.font = lettering();
  if (x < box.left || x + 6 + ctx.measureText(text).width > box.left + box.width) return;
  ctx.textBaseline = "middle";
  ctx.fillStyle = textColour(variable);
  ctx.fillText(text, x + 6, box.top + box.height / 2);
}

/** Below the lowest panel of each column. */
function paintTime(ctx: CanvasRenderingContext2D, boxes: readonly Box[], { height }: Size, time: TimeView): void {
  ctx.font = lettering();
  ctx.textBaseline = "top";
  ctx.fillStyle = colour("--muted");
  const lowest = new Map(boxes.map((box) => [box.left, box]));
  for (const { left, width, top, height: own } of lowest.values()) {
    const y = Math.min(top + own + 3, height - sized(FOOT) + 3);
    const write = (value: number, last: boolean): string => (last ? `${short(value)} ${time.unit}` : short(value));
    for (const tick of roomyTicks([time.x0, time.x1], width, write, (text) => ctx.measureText(text).width)) ctx.fillText(tick.text, left + tick.left, y);
  }
}
