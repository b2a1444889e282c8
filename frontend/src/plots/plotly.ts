/** The only file that knows Plotly, loaded by `engine.ts`: a bundle of what we draw with, and the few inner numbers that the overlay needs. */

import bar from "plotly.js/lib/bar";
import core from "plotly.js/lib/core";
import scatter from "plotly.js/lib/scatter";
import type { Config, Layout } from "plotly.js";

import type { AxisBox, PanelAxes } from "./axes";

interface InnerAxis {
  _offset: number;
  _length: number;
  range: [number, number];
}

export interface PlotlyEvents {
  plotly_relayout: (change: Record<string, unknown>) => void;
  plotly_doubleclick: () => void;
  plotly_click: (event: { points: { x: unknown }[] }) => void;
}

export interface PlotElement extends HTMLElement {
  _fullLayout?: Record<string, unknown>;
  on?<K extends keyof PlotlyEvents>(event: K, handler: PlotlyEvents[K]): void;
}

/** Looser than Plotly's types, which know neither `unifiedhovertitle` nor pixel dashes. */
export type Trace = Record<string, unknown>;
export type PlotLayout = Partial<Layout> & Record<string, unknown>;

interface Core {
  register(modules: unknown[]): void;
  newPlot(root: HTMLElement, data: Trace[], layout: PlotLayout, config: Partial<Config>): Promise<PlotElement>;
  react(root: HTMLElement, data: Trace[], layout: PlotLayout, config: Partial<Config>): Promise<PlotElement>;
  purge(root: HTMLElement): void;
  Fx: { unhover(root: HTMLElement): void };
  toImage(
    figure: { data: Trace[]; layout: PlotLayout },
    options: { format: "png" | "svg"; width: number; height: number; scale?: number },
  ): Promise<string>;
}

const plotly = core as unknown as Core;
plotly.register([scatter, bar]);

const CONFIG: Partial<Config> = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };

export const draw = (root: HTMLElement, data: Trace[], layout: PlotLayout): Promise<PlotElement> =>
  plotly.newPlot(root, data, layout, CONFIG);
export const redraw = (root: HTMLElement, data: Trace[], layout: PlotLayout): Promise<PlotElement> =>
  plotly.react(root, data, layout, CONFIG);
/**
 * Plotly answers the pointer 50 ms late: what it still means to show is called off first. A new range it draws in the next
 * frame: only then the chart is gone for it too, or it looks for one that is not there.
 */
export function remove(root: PlotElement): void {
  if (root._fullLayout !== undefined) plotly.Fx.unhover(root);
  requestAnimationFrame(() => requestAnimationFrame(() => plotly.purge(root)));
}
export const toImage: Core["toImage"] = (figure, options) => plotly.toImage(figure, options);

/** Where panel `index` (from 0) lies; null before the first drawing. */
export function panelAxes(root: PlotElement, index: number): PanelAxes | null {
  const suffix = index === 0 ? "" : String(index + 1);
  const x = root._fullLayout?.[`xaxis${suffix}`] as InnerAxis | undefined;
  const y = root._fullLayout?.[`yaxis${suffix}`] as InnerAxis | undefined;
  if (x === undefined || y === undefined) return null;
  return { x: boxOf(x), y: boxOf(y) };
}

function boxOf(axis: InnerAxis): AxisBox {
  return { offset: axis._offset, length: axis._length, range: [Number(axis.range[0]), Number(axis.range[1])] };
}
