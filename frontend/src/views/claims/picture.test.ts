import { describe, expect, it } from "vitest";

import type { RecordedFigure } from "../../api/types";
import { horizontal, panelsOf, stylesOf, vertical } from "./picture";

function figure(change: Partial<RecordedFigure> = {}, y: number[] = [0.2, 0.8]): RecordedFigure {
  const line = { panel: "", arm: "no norm", of: "", x: [50, 100], y, low: y, high: y };
  return { card: "accuracy", run: "", x: "step", log: false, share: false, lines: [line], ...change };
}

describe("the recorded figure", () => {
  it("shows shares from 0 to 1, and each power of ten alike where it is logarithmic", () => {
    expect(vertical(figure({ share: true }))).toEqual({ low: 0, high: 1, log: false });
    expect(vertical(figure({}, [1, 40]))).toEqual({ low: 0, high: 40, log: false });
    expect(vertical(figure({}, [-3, 40]))).toEqual({ low: -3, high: 40, log: false });
    expect(vertical(figure({ log: true }, [0.002, 0.5]))).toEqual({ low: 0.001, high: 1, log: true });
    expect(vertical(figure({ lines: [] }))).toEqual({ low: 0, high: 1, log: false });
  });

  it("begins near the least value where all lie far from 0", () => {
    expect(vertical(figure({ share: true }, [0.93, 0.98]))).toEqual({ low: 0.9, high: 1, log: false });
    const ratio = vertical(figure({}, [0.9988, 1]));
    expect(ratio.low).toBeCloseTo(0.99868);
    expect(ratio.high).toBeCloseTo(1.00012);
  });

  it("runs from 0 over time, and in multiples over settings", () => {
    expect(horizontal(figure())).toEqual({ low: 0, high: 100, log: false });
    expect(horizontal(figure({ x: "rate" }))).toEqual({ low: 50, high: 100, log: true, at: [50, 100] });
    const decays = figure({ x: "decay" });
    decays.lines[0]!.x = [0, 0.3];
    expect(horizontal(decays)).toMatchObject({ low: 0.3 / 3, log: true, at: [0, 0.3] });
  });

  it("gives a network its colour in every panel, and what else differs its dash", () => {
    const [line] = figure().lines;
    const lines = ["a", "b"].flatMap((panel) => ["train", "test"].map((of) => ({ ...line!, panel, of })));
    const many = figure({ lines });
    expect(panelsOf(many).map((panel) => panel.lines.length)).toEqual([2, 2]);
    const style = stylesOf(many);
    expect(new Set(lines.map((each) => style(each).slot)).size).toBe(1);
    expect(style(lines[0]!).dash).not.toEqual(style(lines[1]!).dash);
    expect(style(lines[0]!).dash).toEqual(style(lines[2]!).dash);
  });
});
