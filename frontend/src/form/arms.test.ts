import { describe, expect, it } from "vitest";

import { armLimit, armNode, armRows, banks, nextArm, renamed, shownRows, uniqueName } from "./arms";
import { type Bag, complete, get } from "./values";
import { RUN, smallSpec } from "./testing/schema";

const node = armNode(RUN);

function arms(...changes: Record<string, unknown>[]): Bag[] {
  const spec = complete(RUN, { ...smallSpec(), arms: changes.map((change, index) => ({ name: `arm ${index}`, ...change })) });
  return get(spec, "arms") as Bag[];
}
const paths = (columns: Bag[], all = false) =>
  shownRows(armRows(node, columns), all, () => false).map((row) => row.path);

describe("rows", () => {
  it("shows what differs: the norm, and what only one side has", () => {
    expect(paths(arms({ norm: { kind: "none" } }, { norm: { kind: "batch" } }))).toEqual(["norm", "norm.placement"]);
  });

  it("shows the norm even where it is the same, and the placement that differs", () => {
    const columns = arms({ norm: { kind: "batch" } }, { norm: { kind: "batch", placement: "after_activation" } });
    const rows = armRows(node, columns);
    expect(rows.find((row) => row.path === "norm")!.differs).toBe(false);
    expect(paths(columns)).toEqual(["norm", "norm.placement"]);
  });

  it("hides advanced rows until they differ", () => {
    const equal = arms({ norm: { kind: "batch" } }, { norm: { kind: "layer" } });
    expect(paths(equal)).toEqual(["norm"]);
    const unequal = arms({ norm: { kind: "batch" } }, { norm: { kind: "layer", eps: 0.1 } });
    expect(paths(unequal)).toEqual(["norm", "norm.eps"]);
  });

  it("shows an override, its fields and who has none", () => {
    const columns = arms({ norm: { kind: "none" } }, { norm: { kind: "none" }, optimizer: { kind: "adam" } });
    expect(paths(columns)).toEqual(["norm", "optimizer", "optimizer.learning_rate"]);
    const rate = armRows(node, columns).find((row) => row.path === "optimizer.learning_rate")!;
    expect(rate.cells.map((cell) => cell?.path ?? null)).toEqual([null, "optimizer.learning_rate"]);
  });

  it("shows all in one order when asked, and what is at fault always", () => {
    const columns = arms({ norm: { kind: "group" } }, { norm: { kind: "batch" } });
    expect(paths(columns, true)).toEqual([
      "norm",
      "norm.placement",
      "norm.eps",
      "norm.momentum",
      "norm.affine",
      "norm.track_running_statistics",
      "norm.groups",
      "optimizer",
      "schedule",
      "initialisation",
      "dropout",
    ]);
    const faulty = shownRows(armRows(node, columns), false, (path) => path === "arms.0.norm.eps");
    expect(faulty.map((row) => row.path)).toContain("norm.eps");
  });
});

describe("adding and naming", () => {
  const nameOf = (kind: string) => kind.toUpperCase();

  it("adds the next norm, named by it", () => {
    const columns = arms({ norm: { kind: "none" } }, { norm: { kind: "batch" } });
    expect(nextArm(node, columns, nameOf)).toMatchObject({ name: "LAYER", norm: { kind: "layer", eps: 1e-5 }, optimizer: null });
    expect(armLimit(RUN)).toBe(8);
  });

  it("numbers a name that is taken", () => {
    expect(uniqueName("RMS", ["RMS", "RMS 2"])).toBe("RMS 3");
    expect(uniqueName("RMS 2", ["RMS 2"])).toBe("RMS 3");
    expect(uniqueName("x".repeat(80), ["x".repeat(80)]).length).toBeLessThanOrEqual(80);
  });

  it("renames with the norm only what the norm had named", () => {
    expect(renamed("BatchNorm", "BatchNorm", "LayerNorm", [])).toBe("LayerNorm");
    expect(renamed("BatchNorm 2", "BatchNorm", "LayerNorm", ["LayerNorm"])).toBe("LayerNorm 2");
    expect(renamed("mine", "BatchNorm", "LayerNorm", [])).toBe("mine");
  });
});

describe("banks", () => {
  it("keeps all arms side by side while there is room, then spreads them evenly", () => {
    expect(banks(2, 700, 130, 140)).toEqual([[0, 1]]);
    expect(banks(8, 700, 130, 140)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(banks(5, 700, 130, 140)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(banks(2, 200, 130, 140)).toEqual([[0], [1]]);
  });
});
