/** The fairness certificate as the server sends it (`normscope.core.fairness`), read with care. */

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
  parameters: number[];
  side_effects: { code: string; arms: number[]; text: string }[];
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

export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

/** A value of the spec as a person would write it. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value).replaceAll("_", " ");
}
