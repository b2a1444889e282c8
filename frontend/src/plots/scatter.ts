/** Points of two numbers each, panel by panel, both axes alike, with the line on which both are equal. */

import type { Marker } from "../style/arms";
import { MARKER_PATHS } from "../ui/markers";
import { Drawing, type DrawingOptions } from "./drawing";
import { HEAD } from "./head";
import type { Box, Size } from "./paint";
import { numberOf } from "./looks";
import { Extent, nextRange, type Range } from "./range";
import { colour, lettering, sized } from "./theme";
import { linearTicks, logTicks } from "./ticks";

export interface Cloud {
  name: string;
  variable: string;
  marker: Marker;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

export interface ScatterPanel {
  title: string;
  log: boolean;
  clouds: Cloud[];
}

export interface ScatterOptions extends DrawingOptions {
  panels(): ScatterPanel[];
  /** Names of the axes. */
  x: string;
  y: string;
  /** Ranges of different kinds of values have nothing to do with each other. */
  kind(): string;
}

/** Each panel has scales of its own: their numbers stand to the left of it and below, above the axis' name. */
const LEFT = 44;
const BELOW = 32;
const GAP = 8;

export class Scatter extends Drawing<ScatterOptions> {
  private readonly held = new Map<string, Range>();
  private readonly paths = new Map<Marker, Path2D>();

  protected override looksOf(): string {
    const clouds = this.options.panels().map((panel) => [panel.title, ...panel.clouds.map(({ variable, x, y }) => [variable, numberOf(x), numberOf(y)].join())].join(";"));
    return [this.options.kind(), ...clouds].join("|");
  }

  protected override paintOn(ctx: CanvasRenderingContext2D, size: Size): void {
    const panels = this.options.panels();
    const boxes = boxesFor(panels.length, size);
    panels.forEach((panel, i) => this.paintPanel(ctx, panel, boxes[i]!));
    this.report(panels.every((panel) => panel.clouds.every((cloud) => cloud.x.length === 0)));
  }

  private paintPanel(ctx: CanvasRenderingContext2D, panel: ScatterPanel, box: Box): void {
    const { log } = panel;
    const key = `${this.options.kind()}${panel.title}`;
    const range = nextRange(extentOf(panel), this.held.get(key) ?? null, { log, fixed: null, include: null });
    this.held.set(key, range);
    const place = (value: number): number => ((log ? Math.log10(value) : value) - range[0]) / (range[1] - range[0]);
    const x = (value: number): number => box.left + place(value) * box.width;
    const y = (value: number): number => box.top + (1 - place(value)) * box.height;
    paintAxes(ctx, box, range, panel, { x, y }, this.options);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left - 4, box.top - 4, box.width + 8, box.height + 8);
    ctx.clip();
    ctx.globalAlpha = 0.65;
    for (const cloud of panel.clouds) {
      const path = this.path(cloud.marker);
      ctx.fillStyle = colour(cloud.variable);
      const radius = sized(cloud.x.length > 64 ? 2.4 : 3.4);
      for (let i = 0; i < cloud.x.length; i++) {
        const [px, py] = [x(cloud.x[i]!), y(cloud.y[i]!)];
        if (!Number.isFinite(px + py)) continue;
        ctx.translate(px, py);
        ctx.scale(radius, radius);
        ctx.fill(path);
        ctx.scale(1 / radius, 1 / radius);
        ctx.translate(-px, -py);
      }
    }
    ctx.restore();
  }

  private path(marker: Marker): Path2D {
    const path = this.paths.get(marker) ?? new Path2D(MARKER_PATHS[marker]);
    this.paths.set(marker, path);
    return path;
  }
}

/** Where the shorter side of each is longest: both axes are alike, so none should be squeezed. */
export function boxesFor(count: number, size: Size): Box[] {
  let best: Box[] = [];
  for (let columns = 1; columns <= count; columns++) {
    const width = size.width / columns - sized(LEFT) - GAP;
    const high = size.height / Math.ceil(count / columns);
    const height = high - sized(HEAD) - sized(BELOW);
    if (best[0] !== undefined && Math.min(width, height) <= Math.min(best[0].width, best[0].height)) continue;
    best = Array.from({ length: count }, (_, i) => ({
      left: Math.round((i % columns) * (size.width / columns) + sized(LEFT)),
      top: Math.round(Math.floor(i / columns) * high + sized(HEAD)),
      width,
      height,
    }));
  }
  return best;
}

/** Of all that is seen, on both axes. */
export function extentOf({ clouds, log }: ScatterPanel): Range | null {
  const extent = new Extent(log);
  for (const cloud of clouds) {
    for (let i = 0; i < cloud.x.length; i++) {
      extent.add(cloud.x[i]!);
      extent.add(cloud.y[i]!);
    }
  }
  return extent.range;
}

function paintAxes(
  ctx: CanvasRenderingContext2D,
  box: Box,
  range: Range,
  { title, log }: ScatterPanel,
  place: { x: (value: number) => number; y: (value: number) => number },
  names: { x: string; y: string },
): void {
  const { left, top, width, height } = box;
  const most = Math.max(4, Math.floor(Math.min(width / sized(64), height / sized(32))));
  const ticks = log ? logTicks(range, most) : linearTicks(range, most);
  ctx.font = lettering();
  ticks.values.forEach((value, i) => {
    const [x, y] = [place.x(value), place.y(value)];
    ctx.fillStyle = colour("--hairline");
    ctx.fillRect(Math.round(x) - 0.5, top, 1, height);
    ctx.fillRect(left, Math.round(y) - 0.5, width, 1);
    ctx.fillStyle = colour("--muted");
    const text = ticks.texts[i]!;
    ctx.textBaseline = "top";
    ctx.textAlign = "center";
    ctx.fillText(text, x, top + height + 4);
    ctx.textBaseline = "middle";
    ctx.textAlign = "right";
    ctx.fillText(text, left - 5, y);
  });
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.fillText(names.x, left + width / 2, top + height + sized(18));
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(names.y, left + ctx.measureText(title).width + sized(20), top - sized(HEAD) / 2);
  ctx.font = lettering(600);
  ctx.fillStyle = colour("--ink");
  ctx.fillText(title, left, top - sized(HEAD) / 2);
  ctx.strokeStyle = colour("--outline");
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(left, top + height);
  ctx.lineTo(left + width, top);
  ctx.stroke();
}
