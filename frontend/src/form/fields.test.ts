import { describe, expect, it } from "vitest";

import { complaints } from "./complaints";
import type { Field, Node, NumberNode, ObjectNode } from "./schema";
import { helpOf, labelOf } from "./texts";
import { RUN } from "./testing/schema";
import { validate } from "./validate";

/** Every field of the schema, those of variants and of the arms too. */
function fieldsOf(node: Node): Field[] {
  if (node.type === "object") return node.fields.flatMap((field) => [field, ...fieldsOf(field.node)]);
  if (node.type === "union") return node.variants.flatMap((variant) => fieldsOf(variant.node));
  if (node.type === "nullable") return fieldsOf(node.inner);
  return node.type === "list" ? fieldsOf(node.item) : [];
}

const inner = (node: Node): Node => (node.type === "nullable" ? inner(node.inner) : node);
const numbers = (node: Node): NumberNode[] =>
  node.type === "number" ? [node] : node.type === "list" ? numbers(node.item) : node.type === "nullable" ? numbers(node.inner) : [];

/** Values that no field of this kind takes, each with what the complaint about it must name. */
function wrong(node: Node): [value: unknown, named: string][] {
  switch (node.type) {
    case "number": {
      const low = node.minimum ?? node.exclusiveMinimum!;
      const high = node.maximum ?? node.exclusiveMaximum!;
      const beyond: [unknown, string][] = [[low - 1, shown(low)], [high + 1, shown(high)]];
      return [...beyond, ["x", node.integer ? "whole number" : "number"], [NaN, "number"]];
    }
    case "text":
      return [["", ""], ["x".repeat(node.maxLength + 1), shown(node.maxLength)]].slice(node.minLength > 0 ? 0 : 1) as [string, string][];
    case "list": {
      const one = wrong(node.item)[0]!;
      return [...(node.minItems > 0 ? [[[], shown(node.minItems)] as [unknown, string]] : []), [[one[0]], one[1]]];
    }
    default:
      return [[Symbol.iterator.toString(), ""]]; // no choice, no switch, no variant
  }
}

const shown = (limit: number): string => limit.toLocaleString("en").replaceAll(",", "\u202f").replace("-", "\u2212");

/** The complaint about `value` in a form that has this field alone. */
function complaint(field: Field, value: unknown): string {
  const root: ObjectNode = { type: "object", constants: {}, fields: [{ ...field, name: "it" }] };
  return [...complaints(validate(root, { it: value }), []).values()][0] ?? "";
}

const fields = fieldsOf(RUN);

describe("every field of the form", () => {
  it.each(fields.map((field) => [field.key, field] as const))("%s: label, explanation, bounds and complaints", (_, field) => {
    expect(labelOf(field)).not.toBe("");
    expect(helpOf(field).length).toBeGreaterThan(10);
    for (const number of numbers(field.node)) {
      expect(Number.isFinite(number.minimum ?? number.exclusiveMinimum)).toBe(true);
      expect(Number.isFinite(number.maximum ?? number.exclusiveMaximum)).toBe(true);
    }
    const node = inner(field.node);
    if (node.type === "object") return; // its fields speak for themselves
    for (const [value, named] of wrong(node)) {
      const said = complaint(field, value);
      expect(said).not.toMatch(/^$|^form\.error/);
      expect(said).toContain(named);
    }
  });
});
