/** What the phase diagram shows: values of each map, their scales, signs and words. Pure: record in, tiles out. */

import type { ArmCell, AxisValue, CellRecord, SweepRecord } from "../../api/types";
import { has, t } from "../../messages";
import { messageKey, optionLabel } from "../../form/texts";
import { number, short, signed } from "../../ui/format";
import type { Scale } from "./colours";

export const METRICS = ["validation_accuracy", "validation_loss", "test_accuracy"] as const;
export type Metric = (typeof METRICS)[number];

export type Sign = "" | "diverged" | "stuck" | "failed";

/** What the maps need of a sweep: a trial's runs make one too. */
export type Grid = Pick<SweepRecord, "axes" | "arms" | "cells" | "largest_stable">;

export interface Tile {
  /** Of the cell in the record. */
  index: number;
  column: number;
  row: number;
  /** Null: nothing measured, or not finite. */
  value: number | null;
  sign: Sign;
  waiting: boolean;
  running: boolean;
}

export interface Map {
  id: string;
  /** Index of the arm; null: the difference. */
  arm: number | null;
  title: string;
  tiles: Tile[];
  range: Range;
  /** Cells that mark the largest stable learning rate of the arm. */
  stable: readonly number[];
}

export interface Range {
  low: number;
  high: number;
  scale: Scale;
  log: boolean;
  /** The better end is the low one. */
  turned: boolean;
}

/** The arms' maps on one scale, then the difference of the chosen two. */
export function mapsOf(record: Grid, metric: Metric, pair: readonly [number, number]): Map[] {
  const values = record.arms.map((_, arm) => record.cells.map((cell) => valueOf(cell, arm, metric)));
  const range = armRange(values.flat(), metric);
  const maps: Map[] = record.arms.map((title, arm) => ({
    id: `arm-${arm}`,
    arm,
    title,
    tiles: record.cells.map((cell, index) => tile(record, cell, index, values[arm]![index]!, signOf(cell, [arm]))),
    range,
    stable: record.largest_stable?.[arm]?.cells ?? [],
  }));
  if (record.arms.length < 2) return maps;
  const [a, b] = pair;
  const differences = record.cells.map((_, index) => {
    const [x, y] = [values[a]![index]!, values[b]![index]!];
    return x === null || y === null ? null : x - y;
  });
  const title = t("sweep.difference", { a: record.arms[a]!, b: record.arms[b]! });
  const tiles = record.cells.map((cell, index) => tile(record, cell, index, differences[index]!, signOf(cell, [a, b])));
  return [...maps, { id: "difference", arm: null, title, tiles, range: differenceRange(differences, metric), stable: [] }];
}

/** Last measured value of an arm in a cell; null: there is none that is finite, or the network diverged. */
export function valueOf(cell: CellRecord, arm: number, metric: Metric): number | null {
  const found = cell.arms[arm];
  const value = found?.[metric];
  return found === undefined || allDiverged(found) || typeof value !== "number" || !Number.isFinite(value) ? null : value;
}

function allDiverged(arm: ArmCell): boolean {
  const { diverged, ...others } = arm.replicates;
  return diverged > 0 && Object.values(others).every((count) => count === 0);
}

function signOf(cell: CellRecord, arms: readonly number[]): Sign {
  const states = arms.map((arm) => cell.arms[arm]?.state);
  if (states.includes("diverged")) return "diverged";
  if (states.includes("stuck")) return "stuck";
  return cell.state === "failed" || cell.state === "interrupted" ? "failed" : "";
}

function tile(record: Grid, cell: CellRecord, index: number, value: number | null, sign: Sign): Tile {
  const rows = record.axes[1]?.values.length ?? 1;
  return {
    index,
    column: Math.floor(index / rows),
    row: index % rows,
    value,
    sign,
    waiting: cell.state === "queued",
    running: cell.state === "starting" || cell.state === "running" || cell.state === "paused",
  };
}

function armRange(values: readonly (number | null)[], metric: Metric): Range {
  if (metric !== "validation_loss") return { low: 0, high: 1, scale: "sequential", log: false, turned: false };
  const finite = values.filter((value) => value !== null && value > 0) as number[];
  const low = finite.length === 0 ? 0.01 : Math.min(...finite);
  // What is much worse than guessing is not worth colours.
  const high = finite.length === 0 ? 10 : Math.max(low * 1.01, Math.min(10, Math.max(...finite)));
  return { low, high, scale: "sequential", log: true, turned: true };
}

function differenceRange(values: readonly (number | null)[], metric: Metric): Range {
  const turned = metric === "validation_loss";
  const sizes = values.filter((value) => value !== null).map((value) => Math.abs(value));
  const most = turned ? Math.min(3, Math.max(0.1, ...sizes)) : 1;
  return { low: -most, high: most, scale: "diverging", log: false, turned };
}

/** Where a value lies on its scale, 0 to 1; 1 is the better end. */
export function shareOf(range: Range, value: number): number {
  const of = range.log ? Math.log : (x: number) => x;
  const share = (of(Math.max(value, range.log ? range.low : value)) - of(range.low)) / (of(range.high) - of(range.low));
  return range.turned ? 1 - share : share;
}

/** Two or three characters for a tile. */
export function tileText(map: Pick<Map, "arm" | "range">, value: number): string {
  if (Math.abs(value) < 0.005 && !map.range.log) return "0";
  if (map.range.log || Math.abs(value) >= 9.95) return short(value, 2);
  const text = Math.abs(value) >= 0.995 ? value.toFixed(Math.abs(value) < 1.005 ? 0 : 1) : value.toFixed(2).replace("0.", ".");
  return map.arm === null && value > 0 ? `+${text}` : text.replace("-", "−");
}

export function axisLabel(field: string): string {
  const key = messageKey(field, "label");
  if (key !== null) return t(key);
  const name = field.slice(field.lastIndexOf(".") + 1).replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function valueText(field: string, value: AxisValue): string {
  if (Array.isArray(value)) return listText(value);
  return typeof value === "number" ? short(value) : optionLabel(field, String(value));
}

/** `100-100-100`, or `100 ×12` where it would be long. */
function listText(values: readonly unknown[]): string {
  const same = values.every((value) => value === values[0]);
  return same && values.length > 3 ? `${String(values[0])} ×${values.length}` : values.join("-");
}

/** A cell in words: its values, and what each arm reached. */
export function cellWords(record: Grid, index: number, metric: Metric): { at: string; arms: string[]; state: string } {
  const cell = record.cells[index]!;
  const at = record.axes.map((axis, i) => `${axisLabel(axis.field)} ${valueText(axis.field, cell.values[i]!)}`).join(", ");
  const arms = record.arms.map((name, arm) => {
    const value = valueOf(cell, arm, metric);
    const state = cell.arms[arm]?.state;
    const word = state !== undefined && has(`sweep.state.${state}`) ? t(`sweep.state.${state}`) : "";
    return [`${name} ${value === null ? "–" : number(value)}`, word].filter((part) => part !== "").join(", ");
  });
  return { at, arms, state: t(`shell.state.${cell.state}`) };
}

/** `no norm 0.3, BatchNorm 3`; null: nothing is stable so far. */
export function stableWords(record: SweepRecord): string | null {
  const found = (record.largest_stable ?? []).filter((one) => one.value !== null);
  if (found.length === 0) return null;
  return found.map((one) => `${short(one.value!)} (${one.arm})`).join(", ");
}

export function differenceText(record: SweepRecord, index: number, metric: Metric, [a, b]: readonly [number, number]): string {
  const cell = record.cells[index]!;
  const [x, y] = [valueOf(cell, a, metric), valueOf(cell, b, metric)];
  return x === null || y === null ? "" : signed(x - y);
}

/** Every cell as a row: the axes' values, the run, then the metrics of each arm. */
export function csvOf(record: SweepRecord): string {
  const quote = (value: unknown): string => {
    const text = Array.isArray(value) ? value.join("-") : value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const head = [...record.axes.map((axis) => axis.field), "run", "run_state", "arm", "state", ...METRICS];
  const rows = record.cells.flatMap((cell) =>
    record.arms.map((name, arm) => {
      const found = cell.arms[arm];
      return [...cell.values, cell.run, cell.state, name, found?.state, ...METRICS.map((metric) => found?.[metric])];
    }),
  );
  return [head, ...rows].map((row) => row.map(quote).join(",")).join("\n") + "\n";
}
