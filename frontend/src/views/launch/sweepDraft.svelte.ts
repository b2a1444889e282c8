/** The sweep that the form may describe beside a run; its axes, as they are typed, are kept with the draft. */

import { axisError, axisFields, type Axis, type AxisField, MAX_CELLS, suggested, textOf, valuesOf } from "../../form/axis";
import type { ObjectNode } from "../../form/schema";
import { get } from "../../form/values";
import { t } from "../../messages";
import type { Draft } from "./draft.svelte";

export class SweepDraft {
  readonly fields: AxisField[];
  readonly #draft: Draft;

  constructor(schema: ObjectNode, draft: Draft) {
    this.#draft = draft;
    this.fields = $derived(axisFields(schema, draft.spec));
  }

  get on(): boolean {
    return this.#draft.axes.on;
  }

  get axes(): Axis[] {
    return this.#draft.axes.list;
  }

  field(path: string): AxisField | undefined {
    return this.fields.find((field) => field.path === path);
  }

  /** Switches the sweep on, with the learning rate where there is one. */
  toggle(on: boolean): void {
    this.#draft.axes.on = on;
    if (on && this.axes.length === 0) this.choose(0, (this.field("optimizer.learning_rate") ?? this.fields[0])?.path ?? "");
  }

  /** Takes another field for an axis; empty: no such axis. */
  choose(index: number, path: string): void {
    const field = this.field(path);
    const chosen = field && { field: path, text: textOf(suggested(field, get(this.#draft.spec, path))) };
    this.#draft.axes.list = this.axes.toSpliced(index, 1, ...(chosen ? [chosen] : []));
  }

  take(axes: readonly { field: string; values: readonly unknown[] }[]): void {
    this.#draft.axes = { on: true, list: axes.map((axis) => ({ field: axis.field, text: textOf(axis.values) })) };
  }

  /** What is asked of the server. */
  request(): { field: string; values: unknown[] }[] {
    return this.axes.map((axis) => {
      const field = this.field(axis.field);
      return { field: axis.field, values: field === undefined ? [axis.text] : valuesOf(field, axis.text) };
    });
  }

  readonly cells = $derived(this.request().reduce((product, axis) => product * axis.values.length, 1));

  /** What is wrong, by path (`axes.0.values`, `axes`); empty while the sweep is off. */
  readonly errors: ReadonlyMap<string, string> = $derived.by(() => {
    const found = new Map<string, string>();
    if (!this.on) return found;
    this.axes.forEach((axis, index) => {
      const field = this.field(axis.field);
      const error = field === undefined ? t("form.error.missing") : axisError(field, axis.text);
      if (error !== "") found.set(`axes.${index}.values`, error);
    });
    if (this.cells > MAX_CELLS) found.set("axes.0.values", t("sweep.error.many", { limit: MAX_CELLS, got: this.cells }));
    return found;
  });
}
