import { expect, it } from "vitest";

import { has, t } from "../messages";
import { SHORTCUTS } from "../shell/shortcuts";
import { STATES } from "../ui/states";
import { FILTERS } from "../views/runs/filter";
import type { Field, Node } from "./schema";
import { labelOf, messageKey } from "./texts";
import { RUN } from "./testing/schema";

/** Every field of the schema, those of variants and of the arms too. */
function fieldsOf(node: Node): Field[] {
  switch (node.type) {
    case "object":
      return node.fields.flatMap((field) => [field, ...fieldsOf(field.node)]);
    case "union":
      return node.variants.flatMap((variant) => fieldsOf(variant.node));
    case "nullable":
      return fieldsOf(node.inner);
    case "list":
      return fieldsOf(node.item);
    default:
      return [];
  }
}

function optionsOf(node: Node): string[] {
  if (node.type === "nullable") return optionsOf(node.inner);
  if (node.type === "choice") return node.options;
  return node.type === "union" ? node.variants.map((variant) => variant.value) : [];
}

const fields = fieldsOf(RUN);

it("every field of the schema has a label and a help", () => {
  expect(fields.length).toBeGreaterThan(30);
  const missing = fields.flatMap(({ key }) => ["label", "help"].filter((part) => messageKey(key, part) === null).map((part) => `${key}.${part}`));
  expect(missing).toEqual([]);
});

it("every option of the schema has a label", () => {
  const missing = fields.flatMap(({ key, node }) => optionsOf(node).filter((option) => messageKey(key, `options.${option}`) === null));
  expect(missing).toEqual([]);
});

it("every group and unit of the schema has a text", () => {
  const groups = fields.map((field) => field.hints.group).filter((group) => group !== "");
  const units = fields.map((field) => field.hints.unit).filter((unit) => unit !== "");
  expect(new Set(groups).size).toBe(4);
  expect([...groups.map((group) => `form.group.${group}`), ...units.map((unit) => `form.unit.${unit}`)].filter((key) => !has(key))).toEqual([]);
});

it("a field without a text goes by its own name", () => {
  const field = { name: "warmup_steps", key: "warmup_steps" } as Field;
  expect(labelOf(field)).toBe("Warmup steps");
});

it("what an arm overrides is called as the run's own field is, its name is its own", () => {
  expect(messageKey("arms.optimizer.learning_rate", "label")).toBe("spec.optimizer.learning_rate.label");
  expect(messageKey("arms.name", "label")).toBe("spec.arms.name.label");
});

it("states, filters and shortcuts have their words", () => {
  const keys = [
    ...Object.keys(STATES).map((state) => `shell.state.${state}`),
    ...FILTERS.map((filter) => `runs.filter.${filter}`),
    ...SHORTCUTS.flatMap((group) => [group.title, ...group.list.map((shortcut) => shortcut.text)]),
  ];
  expect(keys.filter((key) => t(key) === key)).toEqual([]);
});
