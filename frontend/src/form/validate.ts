/** What is wrong with a spec, by path, before the server is asked. The rules are the schema's. */

import type { Node, NumberNode, ObjectNode } from "./schema";
import { isBag, variantOf } from "./values";

export interface Flaw {
  /** Dotted, with indices, e.g. `arms.1.norm.groups`. */
  path: string;
  /** `form.error.<code>` says it in words. */
  code: string;
  params: Record<string, string | number>;
}

/** Every flaw, in the order of the form. */
export function validate(root: ObjectNode, spec: unknown): Flaw[] {
  return [...check(root, spec, ""), ...repeated(spec)];
}

function check(node: Node, value: unknown, path: string): Flaw[] {
  switch (node.type) {
    case "number":
      return checkNumber(node, value, path);
    case "text":
      return checkText(node.minLength, node.maxLength, value, path);
    case "boolean":
      return typeof value === "boolean" ? [] : [flaw(path, "boolean")];
    case "choice":
      return typeof value === (node.numeric ? "number" : "string") && node.options.includes(String(value)) ? [] : [flaw(path, "choice")];
    case "list":
      return checkList(node.item, node.minItems, node.maxItems, value, path);
    case "object":
      return isBag(value) ? checkFields(node, value, path) : [flaw(path, "object")];
    case "union": {
      const variant = variantOf(node, value);
      if (!isBag(value) || variant === undefined) return [flaw(path, "choice")];
      return checkFields(variant, value, path);
    }
    case "nullable":
      return value === null ? [] : check(node.inner, value, path);
  }
}

function checkFields({ fields, constants }: ObjectNode, value: Record<string, unknown>, path: string): Flaw[] {
  const names = new Set([...Object.keys(constants), ...fields.map((field) => field.name)]);
  const strangers = Object.keys(value).filter((name) => !names.has(name));
  return [
    ...fields.flatMap((field) => {
      const at = join(path, field.name);
      if (field.name in value) return check(field.node, value[field.name], at);
      return field.required ? [flaw(at, "missing")] : [];
    }),
    ...Object.entries(constants).flatMap(([name, only]) =>
      name in value && value[name] !== only ? [flaw(join(path, name), "choice")] : [],
    ),
    ...strangers.map((name) => flaw(join(path, name), "unknown", { name })),
  ];
}

function checkNumber(node: NumberNode, value: unknown, path: string): Flaw[] {
  const { words = [] } = node;
  const [word] = words;
  if (typeof value === "string" && words.includes(value)) return [];
  if (word !== undefined && typeof value !== "number") return [flaw(path, "integer_or", { word })];
  if (typeof value !== "number" || !Number.isFinite(value)) return [flaw(path, node.integer ? "integer" : "number")];
  if (node.integer && !Number.isInteger(value)) return [flaw(path, "integer")];
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = node;
  if (minimum !== undefined && value < minimum) return [flaw(path, "minimum", { limit: minimum })];
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return [flaw(path, "above", { limit: exclusiveMinimum })];
  if (maximum !== undefined && value > maximum) return [flaw(path, "maximum", { limit: maximum })];
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return [flaw(path, "below", { limit: exclusiveMaximum })];
  return [];
}

function checkText(least: number, most: number, value: unknown, path: string): Flaw[] {
  if (typeof value !== "string") return [flaw(path, "text")];
  const length = value.trim().length;
  if (length < least) return [flaw(path, "empty")];
  return length > most ? [flaw(path, "long", { limit: most, got: length })] : [];
}

function checkList(item: Node, least: number, most: number, value: unknown, path: string): Flaw[] {
  if (!Array.isArray(value)) return [flaw(path, "list")];
  if (value.length < least) return [flaw(path, "few", { limit: least })];
  if (value.length > most) return [flaw(path, "many", { limit: most })];
  return value.flatMap((one, index) => check(item, one, join(path, String(index))));
}

/** Names of arms and seeds must differ: the server says so too, and no schema can. */
function repeated(spec: unknown): Flaw[] {
  if (!isBag(spec)) return [];
  const arms = Array.isArray(spec["arms"]) ? spec["arms"] : [];
  const names = arms.map((arm) => (isBag(arm) && typeof arm["name"] === "string" ? arm["name"].trim() : ""));
  const seeds = Array.isArray(spec["seeds"]) ? spec["seeds"] : [];
  return [
    ...again(names.map((name) => (name === "" ? undefined : name))).map(([at, first]) =>
      flaw(`arms.${at}.name`, "same_name", { other: first + 1 }),
    ),
    ...again(seeds).map(([at]) => flaw(`seeds.${at}`, "same_seed", { seed: String(seeds[at]) })),
  ];
}

/** Index of each repetition, with the index of the first. */
function again(values: readonly unknown[]): [number, number][] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value as never);
    return value !== undefined && first < index ? [[index, first] as [number, number]] : [];
  });
}

function flaw(path: string, code: string, params: Flaw["params"] = {}): Flaw {
  return { path, code, params };
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
