import { expect, it } from "vitest";

import { prettyJson } from "./pretty";

it("keeps lists of plain values on one line and stays the same JSON", () => {
  const value = { hidden: [100, 50], arms: [{ name: "a", seeds: [1] }], empty: [], deep: [[1, 2], [3]] };
  const text = prettyJson(value);
  expect(text).toContain('"hidden": [100, 50]');
  expect(text).toContain('"seeds": [1]');
  expect(text.split("\n").length).toBeGreaterThan(8);
  expect(JSON.parse(text)).toEqual(value);
});

it("does not take a bracket in a text for a list", () => {
  const value = { name: "a [\n  1,\n  2\n] b", list: ["x, [y]", "z"] };
  expect(JSON.parse(prettyJson(value))).toEqual(value);
});
