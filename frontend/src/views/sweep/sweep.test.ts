import { describe, expect, it } from "vitest";

import type { SweepRecord } from "../../api/types";
import { colourAt, inkOn } from "./colours";
import { csvOf, mapsOf, shareOf, stableWords, tileText, valueText } from "./diagram";
import { moved, readView, writeView } from "./view";

const counts = { running: 0, finished: 0, diverged: 0, stopped_early: 0, stuck: 0 };
const arm = (value: number, state = "finished") => ({
  state,
  replicates: { ...counts, [state]: 1 },
  train_loss: null,
  train_accuracy: null,
  validation_loss: 1 - value,
  validation_accuracy: value,
  test_loss: null,
  test_accuracy: null,
});
const cell = (values: number[], state: string, ...arms: object[]) => ({ values, run: "ab", state, step: 1, steps: 1, error: null, arms });
const record = {
  name: "s",
  arms: ["no norm", "BatchNorm"],
  axes: [
    { field: "optimizer.learning_rate", values: [0.1, 1] },
    { field: "batch_size", values: [20, 30] },
  ],
  cells: [
    cell([0.1, 20], "finished", arm(0.5), arm(0.9)),
    cell([0.1, 30], "finished", arm(0.1, "stuck"), arm(0.8)),
    cell([1, 20], "finished", arm(NaN, "diverged"), arm(0.7)),
    cell([1, 30], "queued"),
  ],
  largest_stable: [
    { arm: "no norm", value: 0.1, best: 0.5, cells: [0] },
    { arm: "BatchNorm", value: null, best: null, cells: [] },
  ],
} as unknown as SweepRecord;

describe("maps", () => {
  const maps = mapsOf(record, "validation_accuracy", [1, 0]);

  it("one for each arm, then the difference of two", () => {
    expect(maps.map((map) => map.title)).toEqual(["no norm", "BatchNorm", "BatchNorm minus no norm"]);
    expect(maps[0]!.tiles.map((tile) => [tile.column, tile.row, tile.value, tile.sign])).toEqual([
      [0, 0, 0.5, ""],
      [0, 1, 0.1, "stuck"],
      [1, 0, null, "diverged"],
      [1, 1, null, ""],
    ]);
    expect(maps[2]!.tiles[0]!.value).toBeCloseTo(0.4);
    expect(maps[2]!.tiles[2]!.value).toBeNull();
    expect(maps[0]!.tiles[3]!.waiting).toBe(true);
  });

  it("share one scale; a difference of nothing is its middle", () => {
    expect(maps[0]!.range).toEqual(maps[1]!.range);
    expect(shareOf(maps[2]!.range, 0)).toBe(0.5);
    const loss = mapsOf(record, "validation_loss", [1, 0]);
    expect(shareOf(loss[0]!.range, loss[0]!.range.low)).toBe(1);
  });

  it("write short numbers", () => {
    expect([0.94, 1, -0.352, 0.001].map((value) => tileText(maps[2]!, value))).toEqual(["+.94", "+1", "−.35", "0"]);
    expect(valueText("model.hidden", [100, 100, 100, 100])).toBe("100 ×4");
    expect(stableWords(record)).toBe("0.1 (no norm)");
  });

  it("as CSV have a row for each cell and arm", () => {
    const lines = csvOf(record).trim().split("\n");
    expect(lines).toHaveLength(9);
    expect(lines[1]).toBe("0.1,20,ab,finished,no norm,finished,0.5,0.5,");
  });
});

it("the scales begin and end where they should, and their ink can be read", () => {
  expect(colourAt("sequential", 0)).toBe("#00224e");
  expect(colourAt("sequential", 2)).toBe("#fee838");
  expect(colourAt("diverging", 0.5)).toBe("#f3f3f3");
  expect([inkOn("#00224e"), inkOn("#fee838")]).toEqual(["#ffffff", "#10141a"]);
});

it("the address restores the view, and nonsense is not heard", () => {
  const view = { metric: "test_accuracy", pair: [0, 1], cell: 3 } as const;
  const query = new URLSearchParams(Object.entries(writeView(view)) as [string, string][]);
  expect(readView(query, 2, 4)).toEqual(view);
  expect(readView(new URLSearchParams("metric=x&minus=1-1&cell=9"), 2, 4)).toEqual({ metric: "validation_accuracy", pair: [1, 0], cell: null });
});

it("arrows move over cells and stop at the edge", () => {
  expect([moved(0, "ArrowUp", 2, 2), moved(0, "ArrowRight", 2, 2), moved(3, "ArrowUp", 2, 2), moved(0, "ArrowLeft", 2, 2)]).toEqual([1, 2, 3, 0]);
});
