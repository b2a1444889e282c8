/** The fairness certificate as the server sends it (`normscope.core.fairness`), read with care. */

import type { RunSpec } from "../../api/types";
import { t } from "../../messages";
import { integer, percent } from "../../ui/format";

export interface Certificate {
  equal: Record<Equality, boolean>;
  seeds: {
    seed: number;
    shared_tensors: string[];
    shared_sha256: string;
    differing_tensors: string[];
    batch_order_sha256: string;
  }[];
  differences: { path: string; values: unknown[] }[];
  data: DataFacts;
  parameters: number[];
  /** Absent: a run of an earlier version, on the processor. */
  device?: { asked: string; taken: "cpu" | "cuda"; why: "asked" | "small" | "large" | "absent" } | null;
  /** Of a fork: what each arm took over. */
  origins?: Origin[] | null;
  side_effects: { code: string; arms: number[]; text: string }[];
}

export interface Origin {
  source: number;
  source_name: string;
  norm: "kept" | "inserted" | "identity" | "folded" | "replaced";
  carried: string[];
  changed: string[];
  new: string[];
  optimizer_carried: string[];
}

/** What all arms learn from. */
export interface DataFacts {
  train_examples: number;
  validation_examples: number;
  test_examples: number;
  /** Runs of the first version do not say the rest. */
  label_noise?: number;
  normalise?: "none" | "standard";
  augment?: { flip: boolean; crop: number } | null;
  train_labels_sha256: string;
}

export const EQUALITIES = [
  "initial_tensors",
  "batch_order",
  "data",
  "optimizer",
  "initialisation",
  "dropout",
  "parameter_count",
] as const;
export type Equality = (typeof EQUALITIES)[number];

/** Whether the clock decides when something is measured: it may with a budget, so the points need not repeat bit by bit. */
export function isClocked(spec: Pick<RunSpec, "probes"> | undefined, widened: readonly unknown[]): boolean {
  return widened.length > 0 || (spec?.probes.budget ?? null) !== null;
}

/** Null where `value` is no certificate. */
export function certificateOf(value: unknown): Certificate | null {
  if (typeof value !== "object" || value === null || !("equal" in value) || !("seeds" in value)) return null;
  return value as Certificate;
}

/** What the arms differ in, in one word each: the first part of each field. */
export function differingParts(certificate: Certificate): string[] {
  return [...new Set(certificate.differences.map((difference) => difference.path.split(".")[0]!))];
}

/** Fair: whatever may differ is what the arms were meant to differ in; tensors, order and data must be the same. */
export function isFair(certificate: Certificate): boolean {
  const { equal } = certificate;
  return equal.initial_tensors && equal.batch_order && equal.data;
}

/** What was done to the data, in words. */
export function dataNotes(data: DataFacts): string[] {
  const notes = [
    t("compare.fairness.data_sizes", {
      train: integer(data.train_examples),
      validation: integer(data.validation_examples),
      test: integer(data.test_examples),
    }),
  ];
  if (data.label_noise) notes.push(t("compare.fairness.data_label_noise", { share: percent(data.label_noise, 0) }));
  if (data.normalise === "standard") notes.push(t("compare.fairness.data_standard"));
  if (data.augment?.flip) notes.push(t("compare.fairness.data_flip"));
  if (data.augment?.crop) notes.push(t("compare.fairness.data_crop", { count: data.augment.crop }));
  return notes;
}

interface End {
  arm: number;
  step: number;
}

/** Which arms left before the others, and when, in words; empty: all replicates made the same number of steps. */
export function unequalLengths(names: readonly string[], seeds: number, diverged: readonly End[], stopped: readonly End[]): string[] {
  const all = [...diverged, ...stopped];
  const together = all.length === names.length * seeds && new Set(all.map((end) => end.step)).size === 1;
  if (together) return [];
  const said = (key: string, ends: readonly End[]) => ends.map(({ arm, step }) => t(key, { arm: names[arm] ?? "", step: integer(step) }));
  return [...said("compare.fairness.diverged", diverged), ...said("compare.fairness.stopped", stopped)];
}

export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

/** A value of the spec as a person would write it. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value).replaceAll("_", " ");
}
