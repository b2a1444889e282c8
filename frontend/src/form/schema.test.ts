import { describe, expect, it } from "vitest";

import { parseSchema } from "./schema";
import { RUN } from "./testing/schema";

const field = (name: string) => RUN.fields.find((one) => one.name === name)!;

describe("the schema of a run", () => {
  it("knows numbers with bounds, scale and unit", () => {
    const steps = field("steps");
    expect(steps.node).toMatchObject({ type: "number", integer: true, minimum: 1, maximum: 1_000_000 });
    expect(steps.hints).toEqual({ group: "training", log: true, advanced: false, unit: "steps" });
    expect(steps.default).toBe(4000);
  });

  it("knows unions by their tag, whose property is no field", () => {
    const optimizer = field("optimizer").node;
    if (optimizer.type !== "union") throw new Error("expected a union");
    expect(optimizer.variants.map((variant) => variant.value)).toEqual(["sgd", "momentum", "adam", "adamw"]);
    expect(optimizer.variants[3]!.node.fields.map((one) => one.key)).toEqual([
      "optimizer.learning_rate",
      "optimizer.weight_decay",
      "optimizer.decay_norm_parameters",
    ]);
  });

  it("knows a variant that stands for several kinds", () => {
    const dataset = field("dataset").node;
    if (dataset.type !== "union") throw new Error("expected a union");
    const toys = dataset.variants.filter((variant) => ["moons", "blobs"].includes(variant.value));
    expect(toys.map((variant) => variant.node.constants)).toEqual([{ kind: "moons" }, { kind: "blobs" }]);
    expect(toys[0]!.node.fields).toEqual(toys[1]!.node.fields);
    expect(toys[0]!.node.fields.map((one) => one.name)).not.toContain("kind");
  });

  it("knows overrides that may be null, lists with limits and nested objects", () => {
    const arms = field("arms").node;
    if (arms.type !== "list" || arms.item.type !== "object") throw new Error("expected a list of objects");
    expect(arms.maxItems).toBe(8);
    expect(arms.item.fields.find((one) => one.name === "dropout")!.node).toMatchObject({
      type: "nullable",
      inner: { type: "number", exclusiveMaximum: 1 },
    });
    const model = field("model").node;
    expect(model.type === "union" && model.variants.map((one) => one.value)).toEqual(["mlp", "cnn", "resnet"]);
    const fields = model.type === "union" ? model.variants.map((one) => one.node.fields.map((each) => each.key)) : [];
    expect(fields[0]).toEqual(["model.hidden", "model.activation"]);
  });
});

describe("any schema", () => {
  it("lets a field under a group inherit it, and follows definitions elsewhere", () => {
    const definitions = { Part: { type: "object", properties: { depth: { type: "integer" } } } };
    const root = parseSchema(
      { type: "object", properties: { part: { $ref: "#/components/schemas/Part", group: "network" } } },
      definitions,
    );
    const part = root.fields[0]!.node;
    expect(part.type === "object" && part.fields[0]!.hints.group).toBe("network");
  });

  it("says what it cannot draw", () => {
    const schema = { type: "object", properties: { odd: { type: "tensor" } } };
    expect(() => parseSchema(schema)).toThrow("the form cannot draw 'odd': type tensor");
    expect(() => parseSchema({ type: "object", properties: { a: { $ref: "#/$defs/B" } } })).toThrow("#/$defs/B");
  });
});
