import { expect, it } from "vitest";

import { axisError, type AxisField, axisFields, range, suggested, textOf, valuesOf } from "./axis";
import { complete } from "./values";
import { RUN as schema } from "./testing/schema";

const spec = complete(schema, { dataset: { kind: "digits" }, model: { kind: "mlp" }, arms: [] });
const field = (path: string): AxisField => axisFields(schema, spec).find((one) => one.path === path)!;

it("offers what can be learned differently, and not what is only measured", () => {
  const paths = axisFields(schema, spec).map((one) => one.path);
  expect(paths).toEqual(expect.arrayContaining(["optimizer.learning_rate", "batch_size", "model.hidden", "model.activation"]));
  expect(paths.filter((path) => /^(probes|seeds|evaluate)/.test(path))).toEqual([]);
});

it("reads values as they are typed", () => {
  expect(valuesOf(field("optimizer.learning_rate"), "0.1, 1e-2 3")).toEqual([0.1, 0.01, 3]);
  expect(valuesOf(field("model.hidden"), "100 100-50")).toEqual([[100], [100, 50]]);
  expect(valuesOf(field("model.activation"), "relu tanh")).toEqual(["relu", "tanh"]);
  expect(textOf([[100, 50], [10]])).toBe("100-50 10");
});

it.each([
  ["optimizer.learning_rate", "1", /at least 2/],
  ["optimizer.learning_rate", "1 x", /a number, got x/],
  ["optimizer.learning_rate", "1 -1", /-1|−1/],
  ["optimizer.learning_rate", "1 1", /twice/],
  ["batch_size", "2.5 3", /whole number/],
  ["model.activation", "relu tan", /one of/],
  ["model.hidden", "10 0", /at least 1/],
  ["model.hidden", "10 a", /whole number/],
])("%s with %s is refused in words", (path, text, words) => {
  expect(axisError(field(path), text)).toMatch(words);
});

it("every suggestion can be launched", () => {
  for (const one of axisFields(schema, spec)) expect([one.path, axisError(one, textOf(suggested(one, null)))]).toEqual([one.path, ""]);
});

it("ranges are even on their scale", () => {
  expect(range(0.01, 10, 4, true, false)).toEqual([0.01, 0.1, 1, 10]);
  expect(range(1, 5, 3, false, true)).toEqual([1, 3, 5]);
});
