/** What every field of the form needs to know of the form it stands in. */

import { getContext, setContext } from "svelte";

import type { Option } from "../ui/option";

export interface FormContext {
  get(path: string): unknown;
  set(path: string, value: unknown): void;
  /** What is wrong at exactly this path, in words; empty: nothing. */
  error(path: string): string;
  /** Whether the field at a path cannot be changed here. */
  locked?(path: string): boolean;
  /** What is known of a field's options beyond the schema, e.g. which data sets are at hand. */
  notes(path: string, value: string): Partial<Pick<Option, "note" | "picture" | "disabled" | "title">>;
}

const KEY = Symbol("form");

export function provideForm(form: FormContext): void {
  setContext(KEY, form);
}

export function useForm(): FormContext {
  return getContext<FormContext>(KEY);
}

/** The DOM id of the control at a path, so that an error can be reached. */
export function controlId(path: string): string {
  return `field-${path.replaceAll(".", "-")}`;
}
