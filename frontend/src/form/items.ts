/** The rows of the form: the tree of the schema laid flat, as the present values ask for it. */

import type { Field, Node, ObjectNode, UnionNode } from "./schema";
import { get, isBag, variantOf } from "./values";

export interface Item {
  field: Field;
  /** Dotted, with indices: where the value lies. */
  path: string;
  /** A picker of kinds; its variant's fields follow as items of their own. */
  union: UnionNode | null;
  /** How deep under a picker of kinds. */
  depth: number;
}

export interface Group {
  id: string;
  basic: Item[];
  advanced: Item[];
}

/** The order of the groups; one that is not known here comes last. */
const GROUPS = ["data", "network", "training", "measuring"];
/** Drawn apart from the groups. */
const APART = new Set(["name", "arms"]);

/** Every row of `node`, whose value lies at `path` of `spec`. */
export function itemsOf(node: ObjectNode, spec: unknown, path = "", depth = 0): Item[] {
  return node.fields.flatMap((field) => fieldItems(field, field.node, spec, path === "" ? field.name : `${path}.${field.name}`, depth));
}

function fieldItems(field: Field, node: Node, spec: unknown, path: string, depth: number): Item[] {
  if (node.type === "object") return itemsOf(node, spec, path, depth);
  if (node.type === "nullable" && node.inner.type === "object") {
    const below = isBag(get(spec, path)) ? itemsOf(node.inner, spec, path, depth + 1) : [];
    return [{ field, path, union: null, depth }, ...below];
  }
  const union = unionIn(node);
  if (union === null) return [{ field, path, union, depth }];
  const variant = variantOf(union, get(spec, path));
  const below = variant === undefined ? [] : itemsOf(variant, spec, path, depth + 1);
  return [{ field, path, union, depth }, ...below];
}

/** The union that a node is, or may be where it is not null. */
export function unionIn(node: Node): UnionNode | null {
  if (node.type === "union") return node;
  return node.type === "nullable" ? unionIn(node.inner) : null;
}

/** What all arms share, by group, advanced rows apart. */
export function sharedGroups(root: ObjectNode, spec: unknown): Group[] {
  const shared = { ...root, fields: root.fields.filter((field) => !APART.has(field.name)) };
  const groups = new Map<string, Group>(GROUPS.map((id) => [id, { id, basic: [], advanced: [] }]));
  for (const item of itemsOf(shared, spec)) {
    const id = item.field.hints.group || "other";
    const group = groups.get(id) ?? { id, basic: [], advanced: [] };
    groups.set(id, group);
    (item.field.hints.advanced ? group.advanced : group.basic).push(item);
  }
  return [...groups.values()].filter((group) => group.basic.length + group.advanced.length > 0);
}
