/** One panel's marks on the overlay, given where Plotly put its axes. */

import type { AxisMap } from "../data/axis";
import { PixelColumns } from "../data/decimate";
import { type Curve, indexAt } from "../data/curve";
import type { AxisBox, PanelAxes } from "./axes";
import { axisOf, type Figure, type Ink, type LineMark, type Note, type Panel, type TimeView } from "./figure";
import { type EndLabel } from "./labels";
import { paintNoteLines, paintNoteTexts } from "./notes";
import { paintRules, ruleLabels } from "./rules";
import { paintTrace } from "./trace";
import { type Box, dot, paintBand, paintBar, paintCursor, paintLine, paintOutline, type Scale, yOf } from "./paint";
import { colour } from "./theme";

/** Decimated curves, kept from frame to frame. */
export type ColumnCache = WeakMap<Curve, PixelColumns>;

export function columnsOf(cache: ColumnCache, curve: Curve, axis: AxisMap, time: TimeView, width: number): PixelColumns {
  let columns = cache.get(curve);
  if (columns === undefined) {
    columns = new PixelColumns();
    cache.set(curve, columns);
  }
  columns.update(curve, axis, time.x0, time.x1, width);
  return columns;
}

/** Paints the panel and returns the labels at its lines' ends. */
export function drawPanel(
  ctx: CanvasRenderingContext2D,
  figure: Figure,
  panel: Panel,
  axes: PanelAxes,
  time: TimeView,
  cache: ColumnCache,
): EndLabel[] {
  const box: Box = { left: axes.x.offset, top: axes.y.offset, width: axes.x.length, height: axes.y.length };
  const scale: Scale = { box, log: figure.y.log, range: axes.y.range };
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.left - 1, box.top - 1, box.width + 2, box.height + 2);
  ctx.clip();
  const { rules = [] } = figure;
  paintRules(ctx, scale, rules);
  const labels = figure.x.kind === "time" ? drawTime(ctx, panel, figure.notes ?? [], scale, time, cache) : drawStill(ctx, panel, scale, axes.x);
  ctx.restore();
  for (const { x, y, ink, dotted } of labels) if (dotted) paintDot(ctx, x, y, ink);
  return [...labels, ...ruleLabels(scale, rules)];
}

function drawStill(ctx: CanvasRenderingContext2D, panel: Panel, scale: Scale, x: AxisBox): EndLabel[] {
  const perUnit = x.length / (x.range[1] - x.range[0]);
  const px = (v: number): number => x.offset + (v - x.range[0]) * perUnit;
  const labels: EndLabel[] = [];
  for (const mark of panel.marks) {
    if (mark.kind === "trace") {
      const end = paintTrace(ctx, scale, mark, px);
      if (end !== null && mark.label !== "") labels.push({ text: mark.label, ink: mark.ink, ...end });
    }
    if (mark.kind === "outline") paintOutline(ctx, scale, Array.from(mark.edges, px), mark.counts, mark.ink, mark.fill);
    if (mark.kind !== "bars") continue;
    const group = Math.min(perUnit * 0.72, mark.slots * 28);
    const width = group / mark.slots;
    for (let i = 0; i < mark.values.length; i++) {
      const left = px(i) - group / 2 + mark.slot * width;
      const gap = width > 4 ? 1 : 0;
      paintBar(ctx, scale, left + gap / 2, width - gap, mark.values[i]!, mark.ink);
    }
  }
  return labels;
}

function drawTime(
  ctx: CanvasRenderingContext2D,
  panel: Panel,
  notes: readonly Note[],
  scale: Scale,
  time: TimeView,
  cache: ColumnCache,
): EndLabel[] {
  const { box } = scale;
  const perUnit = box.width / (time.x1 - time.x0);
  const pxOn =
    (axis: AxisMap) =>
    (step: number): number =>
      box.left + (axis.of(step) - time.x0) * perUnit;
  const px = pxOn(time.axis);
  const lines = panel.marks.filter((mark) => mark.kind === "line");
  const noted = notes.map((note) => px(note.step));
  const lanes = lanesOf(lines, time);
  paintNoteLines(ctx, box, lanes.flatMap(({ axis }) => notes.map((note) => pxOn(axis)(note.step))));
  for (const { axis, marks } of lanes) {
    paintLane(ctx, marks, scale, time, cache, axis, pxOn(axis), lanes.length > 1 ? marks[0]!.ink.variable : "--ink");
  }
  paintNoteTexts(ctx, box, notes, noted);
  const labels: EndLabel[] = [];
  for (const mark of lines) {
    const own = pxOn(axisOf(mark, time));
    for (const step of mark.best ?? []) paintBest(ctx, mark, step, scale, own);
    const label = endOf(ctx, mark, scale, own);
    if (label !== null) labels.push(label);
  }
  return labels;
}

/** The lines of each axis: one lane, or one for each arm where the same step lies elsewhere for each. */
function lanesOf(lines: readonly LineMark[], time: TimeView): { axis: AxisMap; marks: LineMark[] }[] {
  const lanes = new Map<string, { axis: AxisMap; marks: LineMark[] }>();
  for (const mark of lines) {
    const axis = axisOf(mark, time);
    // Two arms may spend the same by chance: then their cursors cover each other, and each is drawn.
    const key = mark.axis === undefined ? "" : `${axis.key} ${mark.ink.variable}`;
    const lane = lanes.get(key) ?? { axis, marks: [] };
    lanes.set(key, lane);
    lane.marks.push(mark);
  }
  return lanes.size === 0 ? [{ axis: time.axis, marks: [] }] : [...lanes.values()];
}

/** Bands and lines, faint after the cursor, and the cursor, at its place on `axis`. */
function paintLane(
  ctx: CanvasRenderingContext2D,
  marks: readonly LineMark[],
  scale: Scale,
  time: TimeView,
  cache: ColumnCache,
  axis: AxisMap,
  px: (step: number) => number,
  ink: string,
): void {
  const { box } = scale;
  const paintAll = (): void => {
    for (const mark of marks) {
      if (mark.band === null) continue;
      paintBand(ctx, scale, columnsOf(cache, mark.band, axis, time, box.width), mark.ink, mark.bandAlpha);
    }
    for (const mark of marks) {
      const tail = mark.tail === null ? null : { x: px(mark.tail.step), y: yOf(scale, mark.tail.value) };
      const columns = columnsOf(cache, mark.curve, axis, time, box.width);
      paintLine(ctx, scale, columns, mark.ink, { width: mark.width, alpha: mark.alpha, dash: mark.ink.dash }, tail);
    }
  };
  if (time.cursor === null) return paintAll();
  const at = px(time.cursor);
  clipped(ctx, { ...box, width: Math.max(0, at - box.left) }, 1, paintAll);
  clipped(ctx, { ...box, left: at, width: Math.max(0, box.left + box.width - at) }, 0.25, paintAll);
  paintCursor(ctx, box, at, ink);
}

function clipped(ctx: CanvasRenderingContext2D, box: Box, alpha: number, paint: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.left, box.top - 2, box.width, box.height + 4);
  ctx.clip();
  ctx.globalAlpha = alpha;
  paint();
  ctx.restore();
}

function paintDot(ctx: CanvasRenderingContext2D, x: number, y: number, ink: Ink): void {
  ctx.strokeStyle = colour(ink.variable);
  dot(ctx, x, y, 2.5);
}

/** A ring on the line, at one of its points. */
function paintBest(ctx: CanvasRenderingContext2D, { curve, ink }: LineMark, step: number, scale: Scale, px: (step: number) => number): void {
  const at = indexAt(curve.step, curve.n, step);
  const { box } = scale;
  const x = px(step);
  if (at < 0 || x < box.left || x > box.left + box.width + 1) return;
  ctx.beginPath();
  ctx.arc(x, yOf(scale, curve.value[at]!), 4, 0, 2 * Math.PI);
  ctx.fillStyle = colour("--surface");
  ctx.fill();
  ctx.strokeStyle = colour(ink.variable);
  ctx.lineWidth = 2;
  ctx.stroke();
}

/** Marks the line's end where it ends early, and says what is written there. */
function endOf(ctx: CanvasRenderingContext2D, mark: LineMark, scale: Scale, px: (step: number) => number): EndLabel | null {
  const { curve } = mark;
  let last = curve.n - 1;
  while (last >= 0 && !Number.isFinite(curve.value[last]!)) last -= 1;
  const point = mark.tail !== null && Number.isFinite(mark.tail.value) ? mark.tail : null;
  if (last < 0 && point === null) return null;
  const step = point?.step ?? curve.step[last]!;
  const { box } = scale;
  const x = px(step);
  if (x < box.left || x > box.left + box.width + 1) return null;
  const y = Math.min(box.top + box.height, Math.max(box.top, yOf(scale, point?.value ?? curve.value[last]!)));
  if (mark.end !== null) {
    ctx.strokeStyle = colour(mark.ink.variable);
    ctx.lineWidth = 2;
    ctx.beginPath();
    if (mark.end.calm) {
      ctx.moveTo(x, y - 5);
      ctx.lineTo(x, y + 5);
      ctx.stroke();
      return mark.end.text === "" ? null : { text: mark.end.text, ink: mark.ink, x, y };
    }
    for (const s of [-1, 1]) {
      ctx.moveTo(x - 4, Math.max(box.top + 5, y) - 4 * s);
      ctx.lineTo(x + 4, Math.max(box.top + 5, y) + 4 * s);
    }
    ctx.stroke();
    return mark.end.text === "" ? null : { text: mark.end.text, ink: mark.ink, x, y };
  }
  return mark.label === "" ? null : { text: mark.label, ink: mark.ink, x, y, dotted: true };
}
