/** What a verdict rests on, ready to be drawn: which measurements belong together, and how they are written. Pure. */

import type { ClaimSummary, ExperimentKind, Judged } from "../../api/types";
import { has, t } from "../../messages";
import { armStyles } from "../../style/arms";
import { number, short, signed } from "../../ui/format";
import { kindOf } from "./kinds";

export type Unit = ClaimSummary["unit"];

/** Measurements of one kind, one row each: drawn on one scale. */
interface Plot {
  /** Absent: everything that was measured. */
  rows?: readonly string[];
  log?: boolean;
  /** The setting that the rows' names are values of. */
  setting?: "decay" | "width";
}

const STEPS: Plot = { rows: ["plain_steps", "batch_steps"], log: true };

/** What is drawn of each experiment's evidence: what its verdict rests on. Of those that are not here, everything. */
const PLOTS: Readonly<Record<string, { main: Plot; counter?: Plot }>> = {
  speed: { main: STEPS },
  stability: { main: { rows: ["plain_drift", "batch_drift", "noisy_drift"] } },
  "learning-rate": { main: { rows: ["plain_rate", "batch_rate"], log: true }, counter: {} },
  initialisation: { main: { rows: ["plain_gains", "batch_gains"] }, counter: {} },
  saturation: { main: { rows: ["plain_saturated", "batch_saturated"] }, counter: { rows: ["plain_final", "batch_final"] } },
  identity: { main: { rows: ["identity_error", "identity_error_64"], log: true }, counter: { rows: ["mode_logit_gap"] } },
  modes: { main: { rows: ["running", "precise"] } },
  "minibatch-gradient": { main: { rows: ["cosine_2", "cosine_8", "cosine_32", "cosine_128", "cosine_512"] } },
  "bias-variance": { main: { setting: "decay" }, counter: { setting: "width" } },
  "covariate-shift": { main: { rows: ["plain_area", "batch_area", "noisy_area"] } },
  robustness: { main: { rows: ["plain_trained", "batch_trained"] } },
  table: { main: { rows: ["plain steps", "BN steps", "BN x5 steps", "BN x30 steps"], log: true } },
  minibatches: {
    main: { rows: ["mini_examples", "full_examples"], log: true },
    counter: { rows: ["mini_steps", "full_steps"], log: true },
  },
};

export interface Row {
  name: string;
  label: string;
  values: readonly number[];
  /** NaN where something was not measured. */
  median: number;
  /** A CSS colour: its network's, as in the charts beside; grey where it is of none in particular. */
  ink: string;
}

export interface Strip {
  rows: Row[];
  low: number;
  high: number;
  log: boolean;
}

/** The rows of an experiment's plot with their common scale; null where nothing finite was measured. */
export function stripOf(claim: string, kind: ExperimentKind, judged: Judged): Strip | null {
  const plot = plotOf(claim, kind);
  const all = tableOf(claim, kind, judged);
  const chosen = plot.rows?.flatMap((name) => all.filter((row) => row.name === name)) ?? [];
  const rows = chosen.length > 0 ? chosen : all;
  const log = plot.log === true && chosen.length > 0;
  const finite = rows.flatMap((row) => row.values.filter((value) => Number.isFinite(value) && (!log || value > 0)));
  if (finite.length === 0) return null;
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  if (log) return { rows, low: least / 1.15, high: most * 1.15, log };
  const pad = (most - least || Math.abs(most) || 1) * 0.06;
  return { rows, low: least >= 0 && least < most / 3 ? 0 : least - pad, high: most + pad, log };
}

/** All measurements, as rows of a table. */
export function tableOf(claim: string, kind: ExperimentKind, judged: Judged): Row[] {
  const { setting } = plotOf(claim, kind);
  const names = Object.keys(judged.evidence);
  const arms = [...new Set(names.map(armOf))].filter((arm) => kindOf(arm) !== "");
  const styles = armStyles(arms.map(kindOf));
  return names.sort(byNumber).map((name) => {
    const values = judged.evidence[name]!.map(Number); // "NaN" and "Infinity" in a list may still be words, as names are
    const ink = styles[arms.indexOf(armOf(name))]?.color ?? "var(--muted)";
    return { name, label: evidenceLabel(name, setting), values, median: median(values), ink };
  });
}

function plotOf(claim: string, kind: ExperimentKind): Plot {
  const plots = PLOTS[claim];
  return (kind === "counter" ? plots?.counter : undefined) ?? plots?.main ?? {};
}

/** Names that are numbers in their order; all others stay as they came. */
function byNumber(a: string, b: string): number {
  const order = Number(a) - Number(b);
  return Number.isNaN(order) ? 0 : order;
}

export function evidenceLabel(name: string, setting?: Plot["setting"]): string {
  if (setting !== undefined) return t(`claim.evidence_at.${setting}`, { value: name });
  const key = `claim.evidence.${name}`;
  if (has(key)) return t(key);
  const [, arm, size] = /^(.+) (\d+)$/.exec(name) ?? [];
  if (arm !== undefined) return t("claim.evidence_batches", { arm, size: size! });
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The network in the name of a measurement: `plain_steps`, `BN x5 steps`, `GroupNorm 32`. */
function armOf(name: string): string {
  return name.replace(/[ _](steps|best|final|drift|rate|gains|decades|saturated|area|change|trained|\d+)$/, "");
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
  if (unit === "cells") return t("claim.unit.cells", { value: `${effect > 0 ? "+" : ""}${short(effect)}` });
  return number(effect);
}

/** What the number of an effect is of: `5.83 times` *as many steps without BatchNorm as with it*. */
export function effectMeaning(claim: string, kind: ExperimentKind): string {
  const own = `claims.${claim}.counter.effect`;
  return t(kind === "counter" && has(own) ? own : `claims.${claim}.effect`);
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
