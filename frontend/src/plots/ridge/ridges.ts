/** Ridge plots side by side on one canvas: the first moment on top, the last one in front at the bottom. */

import type { VectorSeries } from "../../data/vectors";
import { short } from "../../ui/format";
import { Drawing, type DrawingOptions } from "../drawing";
import type { Stop, TimeView } from "../figure";
import { paintHead } from "../head";
import { fitted } from "../labels";
import { columnsFor, panelsIn, roomyTicks } from "../heat/layout";
import type { Box, Size } from "../paint";
import { numberOf, timeKey } from "../looks";
import { nextRange, type Range } from "../range";
import { colour, lettering, sized, textColour } from "../theme";
import { linearTicks } from "../ticks";
import type { AxisMap } from "../../data/axis";
import { chosen, heightScale, histogramsOf, type Ridge, ridgesOf, TALLEST } from "./layout";

export interface RidgePanel {
  name: string;
  variable: string;
  series: VectorSeries;
  /** Where the arm diverged; null: it did not. */
  end: Stop | null;
  axis?: AxisMap | undefined;
}

export interface RidgesOptions extends DrawingOptions {
  panels(): RidgePanel[];
  /** Ranges of different kinds of values have nothing to do with each other. */
  kind(): string;
  time(): TimeView;
  /** Newest step of the run. */
  until(): number;
  /** Ends that hold the bulk of these histograms. */
  bulk(all: ReturnType<typeof histogramsOf>): Range | null;
}

const BINS = 72;
const LEFT = 52;
const LEAST_PANEL = 140;
/** Pixels from one ridge to the next, about. */
const SPACING = 9;

export class Ridges extends Drawing<RidgesOptions> {
  private held: { kind: string; range: Range } | null = null;

  /** Until a line's height has gone by no moment is chosen otherwise. */
  protected override looksOf({ height }: Size): string | null {
    const { options } = this;
    const time = options.time();
    const about = timeKey(time);
    if (about === null) return null;
    const share = Math.floor(((time.axis.of(options.until()) - time.x0) / (time.x1 - time.x0)) * height);
    const panels = options.panels().map(({ name, variable, series, end, axis }) => [name, variable, numberOf(series), series.generation, series.n, end?.text, axis?.key].join());
    return [about, share, options.kind(), ...panels].join("|");
  }

  protected override paintOn(ctx: CanvasRenderingContext2D, size: Size): void {
    const panels = this.options.panels();
    const time = this.options.time();
    const left = sized(LEFT);
    const boxes = panelsIn(panels.length, size, columnsFor(panels.length, size.width - left, sized(LEAST_PANEL)), left);
    const count = Math.max(4, Math.min(40, Math.floor((boxes[0]?.height ?? 0) / SPACING) - 3));
    const indices = panels.map((panel) => chosen(panel.series, { axis: panel.axis ?? time.axis, x0: time.x0, x1: time.x1 }, count, this.options.until()));
    const range = this.range(this.options.bulk(panels.flatMap((panel, i) => histogramsOf(panel.series, indices[i]!))));
    const ridges = panels.map((panel, i) => ridgesOf(panel.series, indices[i]!, range, BINS));
    const scale = heightScale(ridges.flat());
    panels.forEach((panel, i) => {
      const first = boxes[i]!.left === boxes[0]!.left;
      const lowest = boxes.every((box) => box.left !== boxes[i]!.left || box.top <= boxes[i]!.top);
      paintPanel(ctx, panel, ridges[i]!, boxes[i]!, { range, scale, time, count, first, lowest });
    });
    this.report(ridges.every((own) => own.length === 0));
  }

  private range(extent: Range | null): Range {
    const kind = this.options.kind();
    const range = nextRange(extent, this.held?.kind === kind ? this.held.range : null, { log: false, fixed: null, include: null });
    this.held = { kind, range };
    return range;
  }
}

interface Frame {
  range: Range;
  scale: number;
  time: TimeView;
  count: number;
  /** In the first column, where the moments are written. */
  first: boolean;
  /** In the last row, where the values are written. */
  lowest: boolean;
}

function paintPanel(ctx: CanvasRenderingContext2D, panel: RidgePanel, ridges: readonly Ridge[], box: Box, frame: Frame): void {
  const { left, top, width, height } = box;
  const { range, time, count, scale } = frame;
  const axis = panel.axis ?? time.axis;
  const room = TALLEST * (height / (count + TALLEST));
  const spacing = (height - room) / count;
  const yOf = (step: number): number => top + room + ((axis.of(step) - time.x0) / (time.x1 - time.x0)) * (height - room);
  const xOf = (value: number): number => left + ((value - range[0]) / (range[1] - range[0])) * width;
  const ink = colour(panel.variable);
  const near = time.cursor === null ? -1 : nearest(ridges, time.cursor);
  paintGrid(ctx, box, range, xOf, frame.lowest);
  if (frame.first) paintMoments(ctx, box, time, top + room);
  if (panel.end !== null) paintStop(ctx, box, panel.end, Math.min(top + height, yOf(panel.end.step)), panel.variable);
  ctx.lineJoin = "round";
  ridges.forEach((ridge, i) => {
    const base = yOf(ridge.step);
    ctx.beginPath();
    ctx.moveTo(left, base);
    for (let b = 0; b < ridge.shares.length; b++) {
      const rise = Math.min(TALLEST, ridge.shares[b]! * scale) * spacing;
      ctx.lineTo(left + ((b + 0.5) / ridge.shares.length) * width, base - rise);
    }
    ctx.lineTo(left + width, base);
    ctx.fillStyle = colour("--surface");
    ctx.globalAlpha = 0.8;
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.globalAlpha = i === near ? 0.6 : 0.14 + 0.2 * (i / Math.max(1, ridges.length - 1));
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = i === near ? colour("--ink") : ink;
    ctx.lineWidth = i === near ? 1.75 : 1;
    ctx.stroke();
  });
  paintHead(ctx, box, panel.name, panel.variable);
}

function nearest(ridges: readonly Ridge[], step: number): number {
  return ridges.findLastIndex((ridge) => ridge.step <= step);
}

/** Left of the first column: the axis of time, from `start` on; its unit stands above it. */
function paintMoments(ctx: CanvasRenderingContext2D, { left, top, height }: Box, { x0, x1, unit }: TimeView, start: number): void {
  ctx.font = lettering();
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour("--muted");
  const room = top + height - start;
  const { values, texts } = linearTicks([x0, x1], Math.max(2, Math.floor(room / sized(40))), true);
  values.forEach((value, i) => ctx.fillText(texts[i]!, left - 6, start + ((value - x0) / (x1 - x0)) * room));
  ctx.textAlign = "left";
  ctx.fillText(unit, Math.max(0, left - 6 - ctx.measureText(unit).width), start - sized(18));
}

/** Where the arm ends before the others, and why. */
function paintStop(ctx: CanvasRenderingContext2D, { left, width }: Box, { text }: Stop, y: number, variable: string): void {
  ctx.strokeStyle = ctx.fillStyle = textColour(variable);
  ctx.lineWidth = 1.5;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = lettering();
  ctx.textBaseline = "top";
  ctx.fillText(fitted(ctx, text, width), left, y + 4);
}

function paintGrid(ctx: CanvasRenderingContext2D, { left, top, width, height }: Box, range: Range, xOf: (value: number) => number, written: boolean): void {
  ctx.font = lettering();
  ctx.textBaseline = "top";
  for (const tick of roomyTicks(range, width, (value) => short(value), (text) => ctx.measureText(text).width)) {
    ctx.fillStyle = tick.value === 0 ? colour("--outline") : colour("--hairline");
    ctx.fillRect(Math.round(xOf(tick.value)) - 0.5, top, 1, height);
    ctx.fillStyle = colour("--muted");
    if (written) ctx.fillText(tick.text, left + tick.left, top + height + 3);
  }
}
