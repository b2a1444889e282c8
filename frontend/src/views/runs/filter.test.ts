import { describe, expect, it } from "vitest";

import type { RunRecord, RunState, SweepSummary } from "../../api/types";
import { armLines } from "./arms";
import { appended, asFilter, moving, refreshed, rowsOf, search, searchSweeps, statesOf } from "./filter";

function run(id: string, created: number, state: RunState = "finished", name = id): RunRecord {
  return {
    id,
    name,
    state,
    created_at: created,
    spec: { dataset: { kind: "mnist" }, arms: [{ name: "no norm", norm: { kind: "none" } }] },
    arms: [],
  } as unknown as RunRecord;
}
const ids = (runs: RunRecord[]) => runs.map((one) => one.id);

describe("filters", () => {
  it("know their states and fall back to all", () => {
    expect(statesOf("all")).toEqual([]);
    expect(statesOf("live")).toContain("paused");
    expect(asFilter("live")).toBe("live");
    expect(asFilter("nonsense")).toBe("all");
    expect(asFilter(null)).toBe("all");
  });

  it("find every word in name, data set or networks", () => {
    const runs = [run("a", 2, "finished", "Paper again"), run("b", 1, "finished", "Other")];
    expect(ids(search(runs, "paper MNIST"))).toEqual(["a"]);
    expect(ids(search(runs, "  norm "))).toEqual(["a", "b"]);
    expect(search(runs, "digits")).toEqual([]);
  });

  it("hold for sweeps too", () => {
    const sweep = (id: string, state: string, created_at: number) =>
      ({ id, state, created_at, name: id, arms: ["BatchNorm"], axes: [{ field: "batch_size", values: [1, 2] }] }) as unknown as SweepSummary;
    const all = [sweep("a", "running", 3), sweep("b", "finished", 1)];
    const found = (filter: "all" | "live" | "finished" | "other", words = "") => searchSweeps(all, filter, words).map(({ id }) => id);
    expect([found("all"), found("live"), found("finished"), found("other")]).toEqual([["a", "b"], ["a"], ["b"], []]);
    expect(found("all", "batch_size b")).toEqual(["a", "b"]);
    expect(found("all", "layernorm")).toEqual([]);
    const rows = rowsOf([run("r", 2)], all);
    expect(rows.map((row) => (row.run ?? row.sweep!).id)).toEqual(["a", "r", "b"]);
  });

  it("see what moves: a paused run does not", () => {
    expect(moving([run("a", 1, "paused"), run("b", 2)])).toBe(false);
    expect(moving([run("a", 1, "queued")])).toBe(true);
  });
});

describe("pages", () => {
  const loaded = [run("d", 4), run("c", 3), run("b", 2), run("a", 1)];

  it("a fresh first page brings new runs, drops deleted ones and keeps older pages", () => {
    expect(ids(refreshed(loaded, [run("e", 5), run("d", 4), run("b", 2)], false))).toEqual(["e", "d", "b", "a"]);
    expect(ids(refreshed(loaded, [run("d", 4)], true))).toEqual(["d"]);
    expect(ids(refreshed(loaded, [], true))).toEqual([]);
  });

  it("an older page goes below, without repetition", () => {
    expect(ids(appended(loaded.slice(0, 3), [run("b", 2), run("a", 1)]))).toEqual(["d", "c", "b", "a"]);
  });
});

describe("arms", () => {
  it("show the final accuracy, else the latest, and say who diverged", () => {
    const one = run("a", 1);
    const counts = { running: 0, finished: 0, diverged: 0, stopped_early: 0, stuck: 0 };
    const line = (progress: object) => armLines({ ...one, arms: [progress] } as unknown as RunRecord)[0]!;
    const latest = { validation_accuracy: 0.8 };
    expect(line({ replicates: { ...counts, running: 1 }, latest, final: {} })).toMatchObject({ accuracy: 0.8, diverged: false });
    expect(line({ replicates: counts, latest, final: { validation_accuracy: 0.9 } }).accuracy).toBe(0.9);
    expect(line({ replicates: { ...counts, diverged: 2 }, latest: { validation_accuracy: NaN }, final: {} })).toMatchObject({
      accuracy: null,
      diverged: true,
    });
    expect(armLines(one)[0]).toMatchObject({ name: "no norm", accuracy: null, diverged: false });
  });
});
