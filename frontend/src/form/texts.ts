/** Labels and helps of fields: from the messages; a field that has none yet is still shown, by its own name. */

import { has, t } from "../messages";
import type { Field } from "./schema";

/** `spec.<key>.<part>`; what an arm overrides is called as the run's own field is. */
export function messageKey(key: string, part: string): string | null {
  const exact = `spec.${key}.${part}`;
  if (has(exact)) return exact;
  const shared = `spec.${key.replace(/^arms\./, "")}.${part}`;
  return has(shared) ? shared : null;
}

export function labelOf(field: Field): string {
  const key = messageKey(field.key, "label");
  return key === null ? words(field.name) : t(key);
}

export function helpOf(field: Field): string {
  const key = messageKey(field.key, "help");
  return key === null ? field.description : t(key);
}

/** What stands in an empty field that may be empty. */
export function placeholderOf(field: Field): string {
  const key = messageKey(field.key, "placeholder");
  return key === null ? "" : t(key);
}

export function optionLabel(key: string, value: string): string {
  const found = messageKey(key, `options.${value}`);
  return found === null ? words(value) : t(found);
}

export function unitText(unit: string): string {
  return has(`form.unit.${unit}`) ? t(`form.unit.${unit}`) : unit;
}

function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
