import { expect, it } from "vitest";

import { axisMap } from "../data/axis";
import { Curve } from "../data/curve";
import type { Figure, LineMark, TimeView } from "./figure";
import { figureKey, numberOf } from "./looks";

const time: TimeView = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100, cursor: null, unit: "step" };

function lineOf(curve: Curve, tail: LineMark["tail"] = null): Figure {
  const mark: LineMark = { kind: "line", name: "a", ink: { variable: "--arm-1", dash: [] }, curve, band: null, width: 1, alpha: 1, bandAlpha: 0, spoken: false, tail, label: "", end: null };
  return { x: { kind: "time" }, y: { unit: "", log: false, fixed: null, include: null }, columns: 1, panels: [{ title: "", ink: null, marks: [mark] }] };
}

it("is the same until something that is seen changes", () => {
  const curve = new Curve();
  curve.push(1, 1, 1, 1);
  const before = figureKey(lineOf(curve), time);
  expect(figureKey(lineOf(curve), time)).toBe(before);
  curve.push(2, 1, 1, 1);
  const longer = figureKey(lineOf(curve), time);
  expect(longer).not.toBe(before);
  curve.rewind(1);
  expect(figureKey(lineOf(curve), time)).not.toBe(before); // As long as before, but of another past.
  expect(figureKey(lineOf(curve, { step: 3, value: 1, low: 1, high: 1 }), time)).not.toBe(figureKey(lineOf(curve), time));
  expect(figureKey(lineOf(curve), { ...time, cursor: 1 })).not.toBe(figureKey(lineOf(curve), time));
  expect(figureKey(lineOf(curve), { ...time, x1: 200 })).not.toBe(figureKey(lineOf(curve), time));
});

it("tells values at the cursor apart, and does not mind the time there", () => {
  const bars = (values: number[]): Figure => ({
    x: { kind: "category", labels: ["1", "2"], unit: "layer" },
    y: { unit: "", log: true, fixed: null, include: 0 },
    columns: 1,
    panels: [{ title: "", ink: null, marks: [{ kind: "bars", name: "a", ink: { variable: "--arm-1", dash: [] }, values, slot: 0, slots: 1 }] }],
  });
  expect(figureKey(bars([1, 2]), time)).toBe(figureKey(bars([1, 2]), { ...time, x1: 200 }));
  expect(figureKey(bars([1, 2]), time)).not.toBe(figureKey(bars([1, 2.5]), time));
  expect(figureKey({ ...bars([1, 2]), rules: [{ value: 1, text: "" }] }, time)).not.toBe(figureKey(bars([1, 2]), time));
});

it("cannot be told on an axis of seconds: known steps may still move there", () => {
  const elapsed = new Curve();
  elapsed.push(1, 0.5, 0.5, 0.5);
  expect(figureKey(lineOf(new Curve()), { ...time, axis: axisMap("seconds", 1, elapsed) })).toBeNull();
});

it("objects have numbers of their own", () => {
  const [a, b] = [new Curve(), new Curve()];
  expect(numberOf(a)).toBe(numberOf(a));
  expect(numberOf(a)).not.toBe(numberOf(b));
});
