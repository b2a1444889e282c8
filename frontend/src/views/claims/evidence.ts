/** What a verdict rests on, ready to be drawn: which measurements belong together, and how they are written. Pure. */

import type { ClaimSummary, Judged } from "../../api/types";
import { has, t } from "../../messages";
import { number, short, signed } from "../../ui/format";

export type Unit = ClaimSummary["unit"];

/** Measurements of one kind, one row each: drawn on one scale. */
interface Plot {
  rows: readonly string[];
  log?: boolean;
}

/** What is drawn of each claim's evidence; of those that are not here, everything. */
const PLOTS: Readonly<Record<string, Plot>> = {
  speed: { rows: ["plain_steps", "batch_steps"], log: true },
  stability: { rows: ["plain_drift", "batch_drift"] },
  "learning-rate": { rows: ["plain_rate", "batch_rate"], log: true },
  initialisation: { rows: ["plain_gains", "batch_gains"] },
  saturation: { rows: ["plain_saturated", "batch_saturated"] },
  modes: { rows: ["running", "precise"] },
  "minibatch-gradient": { rows: ["cosine_2", "cosine_8", "cosine_32", "cosine_128", "cosine_512"] },
  "covariate-shift": { rows: ["plain_area", "batch_area", "noisy_area"] },
  robustness: { rows: ["plain_trained", "batch_trained"] },
  table: { rows: ["plain steps", "BN steps", "BN x5 steps", "BN x30 steps"], log: true },
  minibatches: { rows: ["mini_examples", "full_examples"], log: true },
  identity: { rows: ["identity_error", "identity_error_64"], log: true },
};

export interface Row {
  name: string;
  label: string;
  values: readonly number[];
  /** NaN where something was not measured. */
  median: number;
}

export interface Strip {
  rows: Row[];
  low: number;
  high: number;
  log: boolean;
}

/** The rows of a claim's plot with their common scale; null where nothing finite was measured. */
export function stripOf(claim: string, judged: Judged): Strip | null {
  const plot = PLOTS[claim];
  const known = Object.keys(judged.evidence).sort(byNumber);
  const chosen = plot?.rows.filter((name) => known.includes(name)) ?? [];
  const rows = (chosen.length > 0 ? chosen : known).map((name) => rowOf(name, judged.evidence[name]!));
  const log = plot?.log === true && chosen.length > 0;
  const finite = rows.flatMap((row) => row.values.filter((value) => Number.isFinite(value) && (!log || value > 0)));
  if (finite.length === 0) return null;
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  if (log) return { rows, low: least / 1.15, high: most * 1.15, log };
  const pad = (most - least || Math.abs(most) || 1) * 0.06;
  return { rows, low: least >= 0 && least < most / 3 ? 0 : least - pad, high: most + pad, log };
}

/** All measurements, as rows of a table. */
export function tableOf(judged: Judged): Row[] {
  const names = Object.keys(judged.evidence).sort(byNumber);
  return names.map((name) => rowOf(name, judged.evidence[name]!));
}

/** Names that are numbers in their order; all others stay as they came. */
function byNumber(a: string, b: string): number {
  const order = Number(a) - Number(b);
  return Number.isNaN(order) ? 0 : order;
}

function rowOf(name: string, given: readonly number[]): Row {
  const values = given.map(Number); // "NaN" and "Infinity" in a list may still be words, as names are
  return { name, label: evidenceLabel(name), values, median: median(values) };
}

export function evidenceLabel(name: string): string {
  const key = `claim.evidence.${name}`;
  if (has(key)) return t(key);
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a value lies on a strip, 0 to 1; what is not finite is at its end. */
export function placeOn(strip: Strip, value: number): number {
  if (!Number.isFinite(value)) return value < 0 ? 0 : 1;
  const of = strip.log ? (x: number): number => Math.log(Math.max(x, strip.low)) : (x: number): number => x;
  const share = (of(value) - of(strip.low)) / (of(strip.high) - of(strip.low) || 1);
  return Math.min(1, Math.max(0, share));
}

/** An effect in the words of its unit. */
export function effectText(unit: Unit, effect: number | null): string {
  if (effect === null) return "";
  if (unit === "times") return t("claim.unit.times", { value: short(effect) });
  if (unit === "points") return t("claim.unit.points", { value: signed(100 * effect, 3) });
  if (unit === "decades") return t("claim.unit.decades", { value: signed(effect) });
  if (unit === "cells") return t("claim.unit.cells", { value: signed(effect) });
  return number(effect);
}

/** `1.2 to 3.4`, in the words of the unit; empty where there is no interval. */
export function intervalText(unit: Unit, interval: readonly [number, number] | null): string {
  if (interval === null) return "";
  return t("claim.interval", { low: effectText(unit, interval[0]), high: effectText(unit, interval[1]) });
}

function median(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
