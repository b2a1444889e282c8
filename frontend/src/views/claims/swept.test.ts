import { expect, it } from "vitest";

import type { RunRecord } from "../../api/types";
import type { TraceMark } from "../../plots/figure";
import { mapsOf } from "../sweep/diagram";
import { gridOf, reached, settingOf, sweptFigure } from "./swept";

const COUNTS = { running: 0, finished: 1, diverged: 0, stuck: 0, stopped_early: 0 };

function record(rate: number, size: number, final: number[], counts: Partial<typeof COUNTS> = {}): RunRecord {
  const names = ["no norm", "BatchNorm"];
  return {
    id: `${rate}-${size}`,
    state: "finished",
    step: 10,
    steps: 10,
    error: null,
    spec: {
      optimizer: { learning_rate: rate },
      batch_size: size,
      model: { hidden: [size, 8] },
      arms: names.map((name, i) => ({ name, norm: { kind: i === 0 ? "none" : "batch" } })),
    },
    arms: names.map((name, i) => ({ name, replicates: { ...COUNTS, ...counts }, latest: { train_accuracy: 0.5, validation_accuracy: 0.4 }, final: { test_accuracy: final[i] } })),
  } as unknown as RunRecord;
}

it("lays the runs out in the order of their setting, a line for each network", () => {
  const figure = sweptFigure([record(1, 8, [0.2, 0.9]), record(0.1, 8, [0.8, 0.7])], "rate", ["test_accuracy"]);
  const [plain, batch] = figure.panels[0]!.marks as TraceMark[];
  expect(figure.x).toMatchObject({ labels: ["0.1", "1"] });
  expect([plain!.name, batch!.name]).toEqual(["no norm", "BatchNorm"]);
  expect(plain!.y).toEqual([0.8, 0.2]);
  expect(batch!.y).toEqual([0.7, 0.9]);
});

it("a network that diverged has no value, one that still learns that of its last evaluation", () => {
  expect(reached(record(1, 8, [0.2, 0.9], { finished: 0, diverged: 2 }), "no norm", "test_accuracy")).toBeNaN();
  expect(reached(record(1, 8, [0.2, 0.9], { diverged: 1 }), "no norm", "test_accuracy")).toBe(0.2);
  const running = record(1, 8, []);
  running.arms[0]!.final = {};
  expect(reached(running, "no norm", "test_accuracy")).toBe(0.4);
  expect(reached(running, "nobody", "test_accuracy")).toBeNaN();
});

it("names training and test at the ends of the lines of one network", () => {
  const one = record(1, 8, [0.2]);
  one.spec.arms = one.spec.arms.slice(0, 1);
  const marks = sweptFigure([one], "width", ["train_accuracy", "test_accuracy"]).panels[0]!.marks as TraceMark[];
  expect(marks.map((mark) => mark.y)).toEqual([[0.5], [0.2]]);
  expect(new Set(marks.map((mark) => mark.label)).size).toBe(2);
  expect(settingOf(one, "width")).toBe(8);
});

it("has no lines before the first run has begun", () => {
  expect(sweptFigure([], "rate", ["test_accuracy"]).panels[0]!.marks).toEqual([]);
});

it("makes cells of the runs, also of those that have not begun, for the maps of a sweep", () => {
  const grid = gridOf([record(1, 8, [0.2, 0.9]), record(0.1, 8, [0.8, 0.7]), record(1, 4, [0.1, 0.6])], "rate", "batch");
  expect(grid.axes.map((axis) => axis.values)).toEqual([[0.1, 1], [4, 8]]);
  expect(grid.cells.map((cell) => cell.state)).toEqual(["queued", "finished", "finished", "finished"]);
  const [plain, batch] = mapsOf(grid, "test_accuracy", [0, 1]);
  expect(plain!.tiles.map((tile) => tile.value)).toEqual([null, 0.8, 0.1, 0.2]);
  expect(batch!.tiles.map((tile) => tile.value)).toEqual([null, 0.7, 0.6, 0.9]);
});
