import { describe, expect, it } from "vitest";

import { changeKind, complete, get, same, set } from "./values";
import type { UnionNode } from "./schema";
import { RUN, smallSpec } from "./testing/schema";

const optimizer = RUN.fields.find((field) => field.name === "optimizer")!.node as UnionNode;

describe("paths", () => {
  it("reads and writes through objects and lists", () => {
    const spec = { arms: [{ norm: { kind: "batch" } }] };
    set(spec, "arms.0.norm.eps", 0.1);
    expect(get(spec, "arms.0.norm.eps")).toBe(0.1);
    expect(get(spec, "arms.1.norm")).toBeUndefined();
    expect(get(spec, "arms.0.norm.kind.x.y")).toBeUndefined();
  });
});

describe("complete", () => {
  it("fills every default of a minimal spec", () => {
    const spec = complete(RUN, smallSpec());
    expect(get(spec, "optimizer")).toEqual({ kind: "sgd", learning_rate: 0.1, weight_decay: 0, decay_norm_parameters: true });
    expect(get(spec, "initialisation")).toEqual({ kind: "default", gain: 1 });
    expect(get(spec, "model.hidden")).toEqual([100, 100, 100]);
    expect(get(spec, "probes.histogram_bins")).toBe(48);
    expect(get(spec, "arms.1.norm.placement")).toBe("before_activation");
    expect(get(spec, "arms.1.dropout")).toBeNull();
    expect(get(spec, "seeds")).toEqual([1]);
  });

  it("takes a model without a kind for what the server takes it for, and nothing else", () => {
    const spec = complete(RUN, { ...smallSpec(), model: { hidden: [32] }, dataset: { train_examples: 300 } });
    expect(get(spec, "model")).toEqual({ kind: "mlp", hidden: [32], activation: "sigmoid" });
    expect(get(spec, "dataset")).toEqual({ train_examples: 300 });
  });

  it("keeps what was said, also what is wrong", () => {
    const spec = complete(RUN, { ...smallSpec(), steps: "many", arms: "none", extra: 1 });
    expect(get(spec, "steps")).toBe("many");
    expect(get(spec, "arms")).toBe("none");
    expect(get(spec, "extra")).toBe(1);
  });
});

describe("changing the kind", () => {
  it("takes the new kind's default where the kinds disagree", () => {
    expect(changeKind(optimizer, { kind: "sgd", learning_rate: 0.3 }, "adam")).toEqual({
      kind: "adam",
      learning_rate: 0.001,
      weight_decay: 0,
      decay_norm_parameters: true,
    });
  });

  it("keeps what means the same in both", () => {
    expect(changeKind(optimizer, { kind: "sgd", learning_rate: 0.3 }, "momentum")).toEqual({
      kind: "momentum",
      learning_rate: 0.3,
      momentum: 0.9,
      weight_decay: 0,
      decay_norm_parameters: true,
    });
  });
});

describe("same", () => {
  it("compares as JSON does, whatever the order of keys", () => {
    expect(same({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true);
    expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(same([1, 2], [1])).toBe(false);
    expect(same({ a: "1" }, { a: 1 })).toBe(false);
  });
});
