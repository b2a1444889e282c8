/** Values of a spec: by path, with defaults, and from one kind to another. All pure; nothing typed is lost on the way. */

import type { Field, Node, ObjectNode, UnionNode } from "./schema";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Bag = { [key: string]: Value };

export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path; undefined where there is none. */
export function get(root: unknown, path: string): unknown {
  if (path === "") return root;
  return path.split(".").reduce<unknown>((at, name) => {
    if (typeof at !== "object" || at === null) return undefined;
    return (at as Record<string, unknown>)[name];
  }, root);
}

/** Writes in place (the form's state is a proxy that notices). What lies on the way is made where it is absent. */
export function set(root: Bag, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop()!;
  let at: Record<string, unknown> = root;
  for (const name of names) {
    const next = at[name];
    if (typeof next !== "object" || next === null) at[name] = {};
    at = at[name] as Record<string, unknown>;
  }
  at[last] = value;
}

/** What a field holds when nobody said anything: the schema's default, else the least that its type allows. */
export function defaultOf(field: Pick<Field, "default" | "node">): Value {
  return field.default === undefined ? emptyOf(field.node) : structuredClone(field.default as Value);
}

function emptyOf(node: Node): Value {
  switch (node.type) {
    case "number":
      return node.minimum ?? 0;
    case "text":
      return "";
    case "boolean":
      return false;
    case "choice":
      return node.numeric ? Number(node.options[0]) : (node.options[0] ?? "");
    case "list":
      return Array.from({ length: node.minItems }, () => emptyOf(node.item));
    case "object":
      return defaults(node);
    case "union":
      return variantDefaults(node, node.variants[0]!.value);
    case "nullable":
      return null;
  }
}

/** An object with every field at its default. */
export function defaults(node: ObjectNode): Bag {
  const fields = node.fields.map((field) => [field.name, defaultOf(field)] as [string, Value]);
  return { ...node.constants, ...Object.fromEntries(fields) };
}

/** A variant with every field at its default. */
export function variantDefaults(union: UnionNode, kind: string): Bag {
  const variant = union.variants.find(({ value }) => value === kind);
  return variant ? defaults(variant.node) : { [union.tag]: kind };
}

/**
 * `current` as another kind. Fields that both kinds have are kept, unless the kinds have different defaults for them
 * and the value is still the old default (Adam's learning rate is not SGD's).
 */
export function changeKind(union: UnionNode, current: Value | undefined, kind: string): Bag {
  const next = variantDefaults(union, kind);
  if (!isBag(current)) return next;
  const before = variantDefaults(union, String(current[union.tag]));
  for (const name of Object.keys(next)) {
    if (name === union.tag || !(name in current)) continue;
    const sameMeaning = JSON.stringify(before[name]) === JSON.stringify(next[name]);
    if (sameMeaning) next[name] = current[name]!;
  }
  return next;
}

/** `value` with every absent field filled in, so that the form can show it; unknown fields stay and are complained about. */
export function complete(node: Node, value: unknown): Value {
  switch (node.type) {
    case "object": {
      if (!isBag(value)) return value === undefined ? defaults(node) : (value as Value);
      const filled: Bag = { ...node.constants, ...value };
      for (const field of node.fields) {
        filled[field.name] = field.name in value ? complete(field.node, value[field.name]) : defaultOf(field);
      }
      return filled;
    }
    case "union": {
      if (!isBag(value)) return value === undefined ? emptyOf(node) : (value as Value);
      const kind = value[node.tag] ?? node.untagged;
      const variant = node.variants.find((one) => one.value === kind);
      return variant ? { ...value, ...(complete(variant.node, value) as Bag) } : value;
    }
    case "list":
      return Array.isArray(value) ? value.map((item) => complete(node.item, item)) : (value as Value);
    case "nullable":
      return value === null ? null : complete(node.inner, value);
    default:
      return value as Value;
  }
}

/** The variant that `value` is; undefined where its tag is unknown. */
export function variantOf(union: UnionNode, value: unknown): ObjectNode | undefined {
  return isBag(value) ? union.variants.find((one) => one.value === value[union.tag])?.node : undefined;
}

/** Equal as JSON, whatever the order of the keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (isBag(a) && isBag(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => same(a[key], b[key]));
  }
  return Object.is(a, b);
}
