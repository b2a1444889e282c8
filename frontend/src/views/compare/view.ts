/** What of the page is a matter of looking, and how the address says it: reload, back and a copied link restore it. */

import { AXES, type AxisKind } from "../../data/axis";
import type { Unit } from "../../data/percentiles";

export const SPEEDS = [1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export interface View {
  /** Index of the layer that is looked at; null: the last one with an activation. */
  layer: number | null;
  /** The moment that is shown; null: live, or the end. */
  step: number | null;
  axis: AxisKind;
  /** Weight of the past in smoothed lines, 0 to 0.99. */
  smooth: number;
  /** Arms that are hidden. */
  hidden: readonly number[];
  /** Null: a typical unit. */
  unit: Unit | null;
  /** Visible steps; null: all. */
  zoom: readonly [number, number] | null;
  /** Charts whose y axis is not of the kind they start with. */
  flipped: readonly string[];
  /** What was chosen on cards that offer a choice, by the card's name; absent: as it starts. */
  picks: Readonly<Record<string, string>>;
  speed: Speed;
}

export const START: View = {
  layer: null,
  step: null,
  axis: "step",
  smooth: 0.9,
  hidden: [],
  unit: null,
  zoom: null,
  flipped: [],
  picks: {},
  speed: 1,
};

type Query = Pick<URLSearchParams, "get">;

/** Anything that is not understood counts as not said. */
export function readView(query: Query, arms: number): View {
  const shown = numbers(query.get("arms"));
  const zoom = /^(\d+)-(\d+)$/.exec(query.get("zoom") ?? "");
  const axis = query.get("axis");
  const speed = Number(query.get("speed"));
  return {
    layer: count(query.get("layer"), 1),
    step: count(query.get("step"), 0),
    axis: AXES.find((kind) => kind === axis) ?? "step",
    smooth: share(query.get("smooth")) ?? START.smooth,
    hidden: shown === null ? [] : Array.from({ length: arms }, (_, i) => i).filter((arm) => !shown.includes(arm)),
    unit: query.get("unit") === "median" ? "median" : count(query.get("unit"), 0),
    zoom: zoom !== null && Number(zoom[2]) > Number(zoom[1]) ? [Number(zoom[1]), Number(zoom[2])] : null,
    flipped: (query.get("flip") ?? "").split(",").filter((id) => /^[a-z_]+$/.test(id)),
    picks: Object.fromEntries((query.get("pick") ?? "").split(",").filter((pick) => /^[a-z_]+\.\w+$/.test(pick)).map((pick) => pick.split(".") as [string, string])),
    speed: SPEEDS.find((s) => s === speed) ?? 1,
  };
}

/** Null: not in the address, because it is as the page starts. */
export function writeView(view: View, arms: number): Record<string, string | null> {
  const shown = Array.from({ length: arms }, (_, i) => i).filter((arm) => !view.hidden.includes(arm));
  return {
    layer: text(view.layer),
    step: text(view.step),
    axis: view.axis === START.axis ? null : view.axis,
    smooth: view.smooth === START.smooth ? null : String(view.smooth),
    arms: view.hidden.length === 0 || arms === 0 ? null : shown.join(","),
    unit: text(view.unit),
    zoom: view.zoom === null ? null : view.zoom.map(Math.round).join("-"),
    flip: view.flipped.length === 0 ? null : view.flipped.join(","),
    pick: text(Object.entries(view.picks).map((pick) => pick.join(".")).join(",") || null),
    speed: view.speed === START.speed ? null : String(view.speed),
  };
}

/** `?step=5&arms=0`, or empty: what an address of the run ends with, so that it shows what `view` does. */
export function addressOf(view: View, arms: number): string {
  const said = Object.entries(writeView(view, arms)).filter((entry): entry is [string, string] => entry[1] !== null);
  const text = new URLSearchParams(said).toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

function text(value: number | string | null): string | null {
  return value === null ? null : String(value);
}

function count(value: string | null, least: number): number | null {
  if (value === null || !/^\d{1,9}$/.test(value)) return null;
  const number = Number(value);
  return number >= least ? number : null;
}

function share(value: string | null): number | null {
  if (value === null || !/^0?(\.\d{1,3})?$|^0$/.test(value) || value === "") return null;
  return Math.min(0.99, Number(value));
}

function numbers(value: string | null): number[] | null {
  if (value === null || !/^(\d{1,2}(,\d{1,2})*)?$/.test(value)) return null;
  return value === "" ? [] : value.split(",").map(Number);
}
