/** What is wrong, by path, in words: our own findings first, then the server's. */

import type { FieldError } from "../api/http";
import { t } from "../messages";
import { refusal } from "./refusals";
import type { Flaw } from "./validate";

/** `path -> words`; the path of the whole spec is empty. Entries keep the order in which they were found. */
export function complaints(flaws: readonly Flaw[], errors: readonly FieldError[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const flaw of flaws) {
    if (!found.has(flaw.path)) found.set(flaw.path, t(`form.error.${flaw.code}`, flaw.params));
  }
  for (const error of errors) {
    if (!found.has(error.path)) found.set(error.path, refusal(error));
  }
  return found;
}

/**
 * The path that is drawn for a complaint: an unknown or tag field is complained about at its parent.
 * Null: nothing of it is drawn, it is said at the foot of the form.
 */
export function drawnAt(path: string, drawn: ReadonlySet<string>): string | null {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) if (drawn.has(at)) return at;
  return null;
}
