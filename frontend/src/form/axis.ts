/** A sweep's axis as it is typed: which fields can be varied, what a text of values means, ranges of numbers. Pure. */

import { t } from "../messages";
import { short } from "../ui/format";
import { entryText, parseEntry } from "./entry";
import { sharedGroups } from "./items";
import type { ChoiceNode, Field, ListNode, Node, NumberNode, ObjectNode } from "./schema";
import { labelOf } from "./texts";
import { validate } from "./validate";

export const MAX_CELLS = 400;
/** Groups whose settings change what is learned; seeds belong to every cell. */
const GROUPS = new Set(["data", "network", "training"]);

export interface AxisField {
  path: string;
  label: string;
  node: NumberNode | ListNode | ChoiceNode;
  log: boolean;
}

export interface Axis {
  field: string;
  /** As typed. */
  text: string;
}

/** What can be varied in the present draft, in the order of the form. */
export function axisFields(root: ObjectNode, spec: unknown): AxisField[] {
  return sharedGroups(root, spec)
    .filter((group) => GROUPS.has(group.id))
    .flatMap((group) => [...group.basic, ...group.advanced])
    .filter((item) => item.union === null && item.path !== "seeds")
    .flatMap((item) => {
      const node = innerOf(item.field.node);
      return node === null ? [] : [{ path: item.path, label: labelOf(item.field), node, log: item.field.hints.log }];
    });
}


function innerOf(node: Node): AxisField["node"] | null {
  if (node.type === "nullable") return innerOf(node.inner);
  if (node.type === "number" || node.type === "choice") return node;
  return node.type === "list" && node.item.type === "number" ? node : null;
}

/** The values of a typed text; lists are written `100-100`. */
export function valuesOf(field: AxisField, text: string): unknown[] {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (field.node.type === "choice") return field.node.numeric ? parts.map(parseEntry) : parts;
  if (field.node.type === "number") return parts.map(parseEntry);
  return parts.map((part) => part.split(/[-x×]/).map(parseEntry));
}

export function textOf(values: readonly unknown[]): string {
  return values.map((value) => (Array.isArray(value) ? value.join("-") : entryText(value))).join(" ");
}

/** What is wrong with a text of values, in words; empty: nothing. */
export function axisError(field: AxisField, text: string): string {
  const values = valuesOf(field, text);
  if (values.length < 2) return t("sweep.error.few");
  for (const value of values) {
    const root: ObjectNode = { type: "object", constants: {}, fields: [fieldOf(field)] };
    const flaw = validate(root, { value })[0];
    if (flaw === undefined) continue;
    const known = ["minimum", "maximum", "above", "below"].includes(flaw.code);
    const said = known ? t(`form.error.${flaw.code}`, flaw.params) : t("sweep.error.value", { expected: expected(field), value: shown(value) });
    return known ? `${said} (${shown(value)})` : said;
  }
  const texts = values.map((value) => JSON.stringify(value));
  const again = values.find((_, index) => texts.indexOf(texts[index]!) < index);
  return again === undefined ? "" : t("sweep.error.same", { value: shown(again) });
}

function fieldOf({ node }: AxisField): Field {
  const hints = { group: "", log: false, advanced: false, unit: "" };
  return { name: "value", key: "value", node, required: true, default: undefined, description: "", hints };
}

function expected({ node }: AxisField): string {
  if (node.type === "choice") return t("sweep.error.choice", { options: node.options.join(", ") });
  if (node.type === "list") return t("sweep.error.list");
  return t(node.integer ? "sweep.error.integer" : "sweep.error.number");
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join("-") : typeof value === "number" ? short(value, 6) : String(value);
}

/** `count` numbers from one to another, evenly spaced on a log or linear scale, rounded to three digits. */
export function range(from: number, to: number, count: number, log: boolean, integer: boolean): number[] {
  const steps = Math.max(1, Math.min(MAX_CELLS, Math.round(count)) - 1);
  const useLog = log && from > 0 && to > 0;
  const values = Array.from({ length: steps + 1 }, (_, index) => {
    const share = index / steps;
    const value = useLog ? from * (to / from) ** share : from + (to - from) * share;
    return integer ? Math.round(value) : Number(value.toPrecision(3));
  });
  return [...new Set(values)];
}

/** A first guess for a field that somebody chooses: around its present value. */
export function suggested(field: AxisField, current: unknown): unknown[] {
  if (field.node.type === "choice") return field.node.numeric ? field.node.options.map(Number) : field.node.options;
  if (field.node.type === "list") {
    const width = Array.isArray(current) && typeof current[0] === "number" ? current[0] : 100;
    return [1, 2, 4, 8].map((depth) => Array<number>(depth).fill(width));
  }
  const { node } = field;
  const value = typeof current === "number" && current > 0 ? current : field.log ? 1 : 0;
  const spread = field.log ? [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30].map((times) => times * value) : [0, 0.2, 0.4, 0.6, 0.8];
  const found = spread.map((one) => (node.integer ? Math.max(1, Math.round(one)) : Number(one.toPrecision(2))));
  if (node.integer && !field.log) found.splice(0, found.length, ...[0, 1, 2, 3, 4].map((more) => (node.minimum ?? 0) + more));
  const fits = (one: number) =>
    (node.minimum === undefined || one >= node.minimum) &&
    (node.maximum === undefined || one <= node.maximum) &&
    (node.exclusiveMinimum === undefined || one > node.exclusiveMinimum) &&
    (node.exclusiveMaximum === undefined || one < node.exclusiveMaximum);
  const apart = [...new Set(found.filter(fits))];
  if (apart.length > 1) return apart;
  const low = node.minimum ?? 0;
  return range(low, node.maximum ?? low + 4, 5, false, node.integer).filter(fits);
}
