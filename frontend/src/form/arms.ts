/** The arms as columns: which rows there are, which differ, and what adding or renaming one means. Pure. */

import { itemsOf, type Item } from "./items";
import type { Field, ObjectNode } from "./schema";
import { type Bag, defaults, get, isBag, same, variantDefaults } from "./values";

export interface Row {
  /** Inside an arm, e.g. `norm.placement`; unions by their own path, e.g. `norm`. */
  path: string;
  /** The row's cell for each arm; null where the arm has no such field. */
  cells: (Item | null)[];
  field: Field;
  depth: number;
  differs: boolean;
}

/** The node of one arm, from the schema's root. */
export function armNode(root: ObjectNode): ObjectNode {
  const node = root.fields.find((field) => field.name === "arms")?.node;
  if (node?.type !== "list" || node.item.type !== "object") throw new Error("the schema has no list of arms");
  return node.item;
}

/** At most so many. */
export function armLimit(root: ObjectNode): number {
  const node = root.fields.find((field) => field.name === "arms")?.node;
  return node?.type === "list" ? node.maxItems : Infinity;
}

/** All rows, in the order of the schema. */
export function armRows(node: ObjectNode, arms: readonly unknown[]): Row[] {
  const fields = { ...node, fields: node.fields.filter((field) => field.name !== "name") };
  const columns = arms.map((arm) => new Map(itemsOf(fields, arm).map((item) => [item.path, item])));
  return mergedOrder(columns.map((column) => [...column.keys()])).map((path) => {
    const cells = columns.map((column) => column.get(path) ?? null);
    const first = cells.find((cell) => cell !== null)!;
    return { path, cells, field: first.field, depth: first.depth, differs: differs(path, cells, arms) };
  });
}

/** The rows to show: what differs, what is at fault, and the norm, which is what a run is about. */
export function shownRows(rows: readonly Row[], all: boolean, faulty: (path: string) => boolean): Row[] {
  return rows.filter(
    (row, index) =>
      all || index === 0 || row.differs || row.cells.some((cell, arm) => cell !== null && faulty(`arms.${arm}.${row.path}`)),
  );
}

function differs(path: string, cells: readonly (Item | null)[], arms: readonly unknown[]): boolean {
  const present = arms.filter((_, index) => cells[index] !== null).map((arm) => get(arm, path));
  const union = cells.find((cell) => cell !== null)?.union ?? null;
  const compared = union === null ? present : present.map((value) => get(value, union.tag));
  if (compared.some((value) => !same(value, compared[0]))) return true;
  const advanced = cells.some((cell) => cell?.field.hints.advanced);
  return !advanced && present.length < arms.length;
}

/** Paths of all columns in one order in which no column's own order is broken. */
function mergedOrder(columns: readonly string[][]): string[] {
  const order: string[] = [];
  for (const column of columns) {
    let at = 0;
    for (const path of column) {
      const known = order.indexOf(path);
      if (known >= 0) at = known + 1;
      else order.splice(at++, 0, path);
    }
  }
  return order;
}

/** A further arm: the first norm that is not compared yet, at its defaults. */
export function nextArm(node: ObjectNode, arms: readonly unknown[], nameOf: (kind: string) => string): Bag {
  const norm = node.fields.find((field) => field.name === "norm")?.node;
  const arm = defaults(node);
  if (norm?.type !== "union") return arm;
  const used = new Set(arms.map((one) => get(one, `norm.${norm.tag}`)));
  const kinds = norm.variants.map((variant) => variant.value);
  const kind = kinds.find((one) => !used.has(one)) ?? kinds.at(-1)!;
  return { ...arm, name: uniqueName(nameOf(kind), namesOf(arms)), norm: variantDefaults(norm, kind) };
}

export function namesOf(arms: readonly unknown[]): string[] {
  return arms.map((arm) => (isBag(arm) ? String(arm["name"] ?? "") : ""));
}

/** `name`, or with the first number that nobody has. */
export function uniqueName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  const stem = name.replace(/ \d+$/, "").slice(0, 76);
  for (let number = 2; ; number += 1) if (!taken.includes(`${stem} ${number}`)) return `${stem} ${number}`;
}

/** The name that follows a change of norm: only a name that was the norm's own is changed. */
export function renamed(name: string, before: string, after: string, others: readonly string[]): string {
  const own = name === before || new RegExp(`^${escape(before)} \\d+$`).test(name);
  return own ? uniqueName(after, others) : name;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** How many columns stand side by side so that each has `least` pixels, the arms spread evenly over the banks. */
export function banks(arms: number, width: number, labels: number, least: number): number[][] {
  const fit = Math.max(1, Math.floor((width - labels) / least));
  const count = Math.ceil(arms / fit);
  const each = Math.ceil(arms / count);
  return Array.from({ length: count }, (_, bank) =>
    Array.from({ length: Math.min(each, arms - bank * each) }, (_, column) => bank * each + column),
  );
}
