/**
 * A chart: Plotly draws axes, hover and zoom; the marks are painted on a canvas in Plotly's own coordinates. Plotly is
 * called when a range or the size changes, and when the pointer comes in, which needs the values under it. Until its code
 * is there the axes are painted on the canvas too, from the same layout, so that nothing moves when it takes over.
 */

import { boxesOf, paintAxes, type PanelAxes } from "./axes";
import { columnsOf, drawPanel, type ColumnCache } from "./draw";
import { engine, loadEngineSoon } from "./engine";
import { figureExtent } from "./extent";
import { axisOf, type Figure, isEmpty, marksOf, type TimeView } from "./figure";
import { paintLabels, type EndLabel, fitted, widest } from "./labels";
import { type Frame, layoutOf } from "./layout";
import type { PlotElement, PlotLayout, Trace } from "./plotly";
import { figureKey } from "./looks";
import { nextRange, type Range } from "./range";
import { type Paintable, scheduler } from "./scheduler";
import { contextOf, Surface } from "./surface";
import { lettering, sized, textColour } from "./theme";
import { tracesOf } from "./traces";

export interface ChartOptions {
  root: HTMLElement;
  figure(): Figure;
  time(): TimeView;
  /** Ends in steps; null: everything. */
  onzoom(range: [number, number] | null): void;
  /** A moment was clicked. */
  onpick(step: number): void;
  onempty(empty: boolean): void;
  large(): boolean;
}

/** Milliseconds between refreshes of the hovered values while data come in. */
const HOVER_AGE = 500;
/** Pixels for the unit of time at least: a change of axis seldom moves the plot. */
const UNIT_ROOM = 56;
/** Pixels by which a panel's title may be wider than the panel: less than what lies between two. */
const TITLE_OVER = 22;
/** Milliseconds that a chart waits for its first data before it draws empty axes. */
const PATIENCE = 400;

export class Chart implements Paintable {
  private readonly options: ChartOptions;
  private readonly canvas = document.createElement("canvas");
  private readonly surface: Surface;
  private readonly cache: ColumnCache = new WeakMap();
  private plot: PlotElement | null = null;
  /** What the axes look like while there is no plot. */
  private layout: PlotLayout | null = null;
  private asked = false;
  private drawn = "";
  /** What was painted last; null: it is to be painted anew in any case. */
  private looks: string | null = null;
  private range: Range | null = null;
  private ownRange: Range | null = null;
  private traces: Trace[] = [];
  private hovered = false;
  private hoverTime = 0;
  private empty: boolean | null = null;
  private readonly born = performance.now();
  private gone = false;

  constructor(options: ChartOptions) {
    this.options = options;
    const { root } = options;
    this.canvas.className = "overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    this.surface = new Surface(root, this, () => this.redo());
    root.addEventListener("pointerenter", this.enter);
    root.addEventListener("pointerleave", this.leave);
  }

  get visible(): boolean {
    return this.surface.visible;
  }

  /** Something that it shows has changed. */
  invalidate(): void {
    if (this.gone) return; // A timer may outlive the chart.
    scheduler.invalidate(this);
  }

  destroy(): void {
    this.gone = true;
    scheduler.forget(this);
    this.surface.destroy();
    this.options.root.removeEventListener("pointerenter", this.enter);
    this.options.root.removeEventListener("pointerleave", this.leave);
    if (this.plot !== null) engine()!.remove(this.options.root);
  }

  paint(): void {
    const { width, height } = this.surface;
    if (width < 40 || height < 40) return;
    const figure = this.options.figure();
    const time = this.options.time();
    const key = figureKey(figure, time);
    const looks = key === null ? null : `${width}|${height}|${this.options.large()}|${key}`;
    if (looks !== null && looks === this.looks) return;
    const frame = this.frameOf(figure, time);
    this.report(figure);
    if (this.plot === null && this.empty && this.young()) return;
    this.arrange(figure, time, frame);
    if (this.plot !== null && this.hovered && performance.now() - this.hoverTime > HOVER_AGE) this.refreshHover();
    this.paintOverlay(figure, time);
    this.looks = looks;
  }

  /** Data are on their way as a rule: empty axes would be seen for a moment, and change with the first of them. */
  private young(): boolean {
    const left = PATIENCE - (performance.now() - this.born);
    if (left <= 0) return false;
    setTimeout(() => this.invalidate(), left);
    return true;
  }

  private frameOf(figure: Figure, time: TimeView): Frame {
    const inner = this.axes(0);
    const panelWidth = inner?.x.length ?? this.surface.width - 90;
    const extent = figureExtent(figure, (curve, mark) => columnsOf(this.cache, curve, axisOf(mark, time), time, panelWidth));
    const range = nextRange(extent, this.range, figure.y);
    this.range = range;
    const texts = figure.panels.flatMap((p) => p.marks.map((m) => ((m.kind === "line" && m.end === null) || m.kind === "trace" ? m.label : "")));
    const rules = (figure.rules ?? []).map((rule) => rule.text);
    const room = Math.min(Math.ceil(widest([...texts, ...rules])) + sized(14), this.surface.width / 3.6);
    const written = figure.x.kind === "time" ? time.unit : figure.x.unit;
    const unit = written === "" ? 12 : Math.max(figure.x.kind === "time" ? sized(UNIT_ROOM) : 0, Math.ceil(widest([written])) + sized(20));
    return {
      width: this.surface.width,
      height: this.surface.height,
      right: Math.max(unit, room),
      yRange: this.ownRange ?? range,
      time,
      large: this.options.large(),
    };
  }

  private report(figure: Figure): void {
    const empty = marksOf(figure).every(isEmpty);
    if (empty === this.empty) return;
    this.empty = empty;
    this.options.onempty(empty);
  }

  /** Where panel `index` lies; null before the first layout. */
  private axes(index: number): PanelAxes | null {
    if (this.plot !== null) return engine()!.panelAxes(this.plot, index);
    return this.layout === null ? null : boxesOf(this.layout, index);
  }

  /** Has the axes drawn where their picture is no longer right: by Plotly, or by ourselves before it is there. */
  private arrange(figure: Figure, time: TimeView, frame: Frame): void {
    const key = JSON.stringify([frame, time.x0, time.x1, time.unit, figure.x, figure.y, figure.columns, figure.panels.length]);
    if (key === this.drawn) return;
    if (this.plot !== null) {
      scheduler.enqueue(this, () => {
        this.drawn = key;
        this.call(layoutOf(figure, frame));
      });
      return;
    }
    this.drawn = key;
    this.layout = layoutOf(figure, frame);
    if (this.canvas.parentElement === null) this.options.root.append(this.canvas);
    this.handOver();
  }

  /** Plotly takes over when its code is there and every chart has its lines; without it one sees all, but cannot point at it. */
  private handOver(): void {
    if (this.asked) return;
    this.asked = true;
    loadEngineSoon().then(
      () => this.gone || this.refreshHover(),
      () => (this.asked = false), // The next change or the pointer asks again.
    );
  }

  private call(layout: PlotLayout): void {
    this.looks = null; // Plotly may put its axes elsewhere.
    const { root } = this.options;
    const { draw, redraw } = engine()!;
    const traces = this.anchored(this.options.figure().panels.length);
    if (this.plot !== null) {
      void redraw(root, traces, layout);
    } else {
      this.plot = root as PlotElement;
      void draw(root, traces, layout);
      this.listen(this.plot);
    }
    // Between Plotly's grid below and its hover labels above.
    root.querySelector(".svg-container > .main-svg")?.after(this.canvas);
  }

  /** Every panel needs a trace, or Plotly leaves its axes out. */
  private anchored(panels: number): Trace[] {
    const anchors: Trace[] = [];
    for (let i = 0; i < panels; i++) {
      const suffix = i === 0 ? "" : String(i + 1);
      anchors.push({ type: "scatter", x: [null], y: [null], xaxis: `x${suffix}`, yaxis: `y${suffix}`, hoverinfo: "skip" });
    }
    return [...this.traces, ...anchors];
  }

  private listen(plot: PlotElement): void {
    plot.on?.("plotly_relayout", (change) => this.zoomed(change));
    plot.on?.("plotly_doubleclick", () => {
      this.ownRange = null;
      this.options.onzoom(null);
      this.redo();
    });
    plot.on?.("plotly_click", (event) => {
      const x = Number(event.points[0]?.x);
      if (this.options.figure().x.kind === "time" && Number.isFinite(x)) {
        this.options.onpick(Math.round(this.options.time().axis.stepAt(x)));
      }
    });
  }

  private zoomed(change: Record<string, unknown>): void {
    if (this.gone) return; // Plotly tells it when it is done, which may be later.
    const { axis } = this.options.time();
    const ends = (letter: string): [number, number] | null => {
      const key = Object.keys(change).find((name) => new RegExp(`^${letter}axis\\d*\\.range\\[0\\]$`).test(name));
      if (key === undefined) return null;
      return [Number(change[key]), Number(change[key.replace("[0]", "[1]")])];
    };
    const y = ends("y");
    if (y !== null) this.ownRange = y;
    const x = ends("x");
    if (x === null && y === null) return; // Nobody zoomed: it tells of what we asked for.
    if (x !== null) this.options.onzoom([axis.stepAt(x[0]), axis.stepAt(x[1])]);
    this.redo();
  }

  private readonly enter = (): void => {
    this.hovered = true;
    if (this.plot !== null) this.refreshHover();
    else if (this.layout !== null) this.handOver();
  };

  private readonly leave = (): void => {
    this.hovered = false;
  };

  /** Calls Plotly with the values of now where the pointer is over them. */
  private refreshHover(): void {
    this.hoverTime = performance.now();
    scheduler.enqueue(this, () => {
      const figure = this.options.figure();
      const time = this.options.time();
      if (this.hovered) this.traces = tracesOf(figure, time, false);
      this.call(layoutOf(figure, this.frameOf(figure, time)));
    });
  }

  /** Axes and lines are no longer right. */
  private redo(): void {
    this.drawn = "";
    this.looks = null;
    this.invalidate();
  }

  private paintOverlay(figure: Figure, time: TimeView): void {
    const { width, height } = this.surface;
    const ctx = contextOf(this.canvas, this.surface);
    if (ctx === null) return;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    figure.panels.forEach((panel, i) => {
      const axes = this.axes(i);
      if (axes === null) return;
      if (this.plot === null) paintAxes(ctx, this.layout!, i);
      const labels = drawPanel(ctx, figure, panel, axes, time, this.cache);
      const { offset: left, length } = axes.x;
      const bottom = axes.y.offset + axes.y.length;
      ctx.font = lettering(600);
      const title = fitted(ctx, panel.title, length + sized(TITLE_OVER));
      this.write(ctx, title, panel.ink?.variable ?? "--muted", left, axes.y.offset - sized(8));
      this.paintEnds(ctx, labels, { top: axes.y.offset, bottom, right: Math.max(left + length, i === figure.panels.length - 1 || figure.panels.length === 1 ? width : left + length) });
    });
    ctx.textAlign = "right";
    const unit = figure.x.kind === "time" ? time.unit : figure.x.unit;
    this.write(ctx, unit, "--muted", width - 4, height - sized(10), false);
    ctx.textAlign = "left";
    this.write(ctx, figure.y.unit, "--muted", 8, sized(8), false);
  }

  private paintEnds(ctx: CanvasRenderingContext2D, labels: EndLabel[], box: { top: number; bottom: number; right: number }): void {
    if (labels.length > 0) paintLabels(ctx, labels, box);
  }

  private write(ctx: CanvasRenderingContext2D, text: string, variable: string, x: number, y: number, strong = true): void {
    if (text === "") return;
    ctx.font = lettering(strong ? 600 : 400);
    ctx.textBaseline = "middle";
    ctx.fillStyle = textColour(variable);
    ctx.fillText(text, x, y);
  }
}
