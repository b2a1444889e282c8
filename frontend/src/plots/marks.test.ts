// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import { axisMap } from "../data/axis";
import { Curve } from "../data/curve";
import type { Figure, LineMark, TimeView } from "./figure";
import { markTraces, noteLayout } from "./marks";

const time: TimeView = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100, cursor: null, unit: "step" };
const curve = new Curve();
for (const [step, value] of [[10, 0.5], [20, 0.25], [30, 1e20], [40, NaN]] as const) curve.push(step, value, value, value);
const mark: LineMark = {
  kind: "line", name: "a", ink: { variable: "--arm-1", dash: [] }, curve, band: null, width: 1, alpha: 1, bandAlpha: 0,
  spoken: false, tail: null, label: "", end: { step: 40, text: "diverged at step 40" }, best: [20],
};
const figure: Figure = {
  x: { kind: "time" }, y: { unit: "", log: true, fixed: null, include: null }, columns: 1,
  panels: [{ title: "", ink: null, marks: [mark] }],
  notes: [{ step: 5, text: "learning rate 0.1" }, { step: 99, text: "extended by 7" }, { step: 101, text: "out of sight" }],
};

describe("marks of a picture", () => {
  it("are the best points and the early ends, at the edge where the line runs off", () => {
    const [best, end] = markTraces(figure, time, [-2, 3]);
    expect([best!["x"], best!["y"]]).toEqual([[20], [0.25]]);
    expect([end!["x"], end!["y"], end!["text"]]).toEqual([[30], [1000], ["diverged at step 40"]]);
    expect(markTraces({ ...figure, x: { kind: "number", unit: "", range: null } }, time, [-2, 3])).toEqual([]);
  });

  it("are the moments in view, each with its text where there is room", () => {
    const { shapes, annotations } = noteLayout(figure, time, 800);
    expect(shapes!.map(({ x0 }) => x0)).toEqual([5, 99]);
    expect(annotations!.map(({ text }) => text)).toEqual(["learning rate 0.1", "extended by 7"]);
  });
});
