/** A spec as rows of a table. Pure. */

import { written } from "../views/compare/certificate";
import { axisLabel, valueText } from "../views/sweep/diagram";

export interface Setting {
  /** Dotted, e.g. `optimizer.learning_rate`. */
  field: string;
  label: string;
  value: string;
}

/** What is shown elsewhere: the name is the title, the networks' differences stand in the certificate. */
const ELSEWHERE = new Set(["name", "arms"]);

/** Every field that says something, in the spec's order. */
export function settingsOf(spec: Readonly<Record<string, unknown>>): Setting[] {
  return Object.entries(spec).flatMap(([name, value]) => (ELSEWHERE.has(name) ? [] : rows(name, value)));
}

function rows(field: string, value: unknown): Setting[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object" && !Array.isArray(value)) {
    // Of which kind it is comes before what that kind has.
    const parts = Object.entries(value).sort(([a], [b]) => Number(b === "kind") - Number(a === "kind"));
    return parts.flatMap(([name, part]) => rows(name === "kind" ? field : `${field}.${name}`, part));
  }
  return [{ field, label: labelOf(field), value: text(field, value) }];
}

/** With its group where the field alone could be one of several. */
function labelOf(field: string): string {
  const [group = "", ...rest] = field.split(".");
  return rest.length === 0 ? axisLabel(field) : `${axisLabel(group)}: ${axisLabel(field)}`;
}

function text(field: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  return typeof value === "number" || typeof value === "string" ? valueText(field, value) : written(value);
}
