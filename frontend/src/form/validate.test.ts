import { describe, expect, it } from "vitest";

import { validate } from "./validate";
import { type Bag, complete, set } from "./values";
import { RUN, smallSpec } from "./testing/schema";

function flawsWith(path: string, value: unknown) {
  const spec = complete(RUN, smallSpec()) as Bag;
  set(spec, path, value);
  return validate(RUN, spec).map((flaw) => [flaw.path, flaw.code, ...Object.values(flaw.params)]);
}

describe("validate", () => {
  it("finds nothing in a right spec, complete or minimal", () => {
    expect(validate(RUN, complete(RUN, smallSpec()))).toEqual([]);
    expect(validate(RUN, smallSpec())).toEqual([]);
  });

  it.each<[string, unknown, unknown[]]>([
    ["steps", "abc", ["steps", "integer"]],
    ["steps", 1.5, ["steps", "integer"]],
    ["steps", 0, ["steps", "minimum", 1]],
    ["steps", 2_000_000, ["steps", "maximum", 1_000_000]],
    ["optimizer.learning_rate", 0, ["optimizer.learning_rate", "above", 0]],
    ["optimizer.learning_rate", NaN, ["optimizer.learning_rate", "number"]],
    ["dropout", 1, ["dropout", "below", 1]],
    ["arms.0.name", "  ", ["arms.0.name", "empty"]],
    ["arms.0.name", "x".repeat(81), ["arms.0.name", "long", 80, 81]],
    ["arms.1.name", "no norm ", ["arms.1.name", "same_name", 1]],
    ["arms.1.norm.kind", "spectral", ["arms.1.norm", "choice"]],
    ["arms.1.norm.groups", 4, ["arms.1.norm.groups", "unknown", "groups"]],
    ["arms.1.dropout", 2, ["arms.1.dropout", "below", 1]],
    ["arms", [], ["arms", "few", 1]],
    ["model.hidden.1", 4096, ["model.hidden.1", "maximum", 2048]],
    ["model.hidden", Array(25).fill(1), ["model.hidden", "many", 24]],
    ["seeds", [1, 2, 1], ["seeds.2", "same_seed", "1"]],
    ["drop_last", "yes", ["drop_last", "boolean"]],
    ["dataset.kind", "cifar", ["dataset", "choice"]],
    ["colour", "red", ["colour", "unknown", "colour"]],
  ])("%s = %j", (path, value, flaw) => {
    expect(flawsWith(path, value)).toEqual([flaw]);
  });

  it("misses what has no default", () => {
    expect(validate(RUN, {}).map((flaw) => [flaw.path, flaw.code])).toEqual([
      ["dataset", "missing"],
      ["model", "missing"],
      ["arms", "missing"],
    ]);
  });
});
