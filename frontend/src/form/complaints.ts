/** What is wrong, by path, in words: our own findings first, then the server's. */

import type { FieldError } from "../api/http";
import { t } from "../messages";
import { short } from "../ui/format";
import { refusal } from "./refusals";
import type { Flaw } from "./validate";

/** `path -> words`; the path of the whole spec is empty. Entries keep the order in which they were found. */
export function complaints(flaws: readonly Flaw[], errors: readonly FieldError[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const flaw of flaws) {
    if (!found.has(flaw.path)) found.set(flaw.path, t(`form.error.${flaw.code}`, written(flaw.params)));
  }
  for (const error of errors) {
    if (!found.has(error.path)) found.set(error.path, refusal(error));
  }
  return found;
}

/** Limits as a person would type them: 0.5, not 0.500. Whole ones stay numbers: they have a plural. */
function written(params: Flaw["params"]): Flaw["params"] {
  const fraction = (value: string | number): boolean => typeof value === "number" && !Number.isInteger(value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, fraction(value) ? short(Number(value)) : value]));
}

/**
 * The path that is drawn for a complaint: an unknown or tag field is complained about at its parent.
 * Null: nothing of it is drawn, it is said at the foot of the form.
 */
export function drawnAt(path: string, drawn: ReadonlySet<string>): string | null {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) if (drawn.has(at)) return at;
  return null;
}
