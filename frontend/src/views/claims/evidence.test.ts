import { expect, it } from "vitest";

import type { Judged } from "../../api/types";
import { effectMeaning, effectText, evidenceLabel, intervalText, placeOn, stripOf, tableOf } from "./evidence";

const judged = (evidence: Record<string, number[]>): Judged => ({
  verdict: "supported",
  reason: "large_enough",
  effect: 5,
  interval: null,
  evidence,
});

it("draws the measurements that the claim compares, in their order, on one scale", () => {
  const strip = stripOf("speed", "main", judged({ batch_steps: [100, 120, 90], plain_best: [0.9, 0.9, 0.9], plain_steps: [600, 640, 580] }))!;
  expect(strip.rows.map((row) => [row.name, row.median])).toEqual([
    ["plain_steps", 600],
    ["batch_steps", 100],
  ]);
  expect(strip.log).toBe(true);
  expect(strip.low).toBeLessThan(90);
  expect(strip.high).toBeGreaterThan(640);
  expect(placeOn(strip, 640)).toBeGreaterThan(placeOn(strip, 90));
});

it("puts what never came at the end of the scale, and leaves it out of it", () => {
  const strip = stripOf("speed", "main", judged({ plain_steps: [600, Infinity], batch_steps: [100, 100] }))!;
  expect(strip.high).toBeLessThan(1000);
  expect(placeOn(strip, Infinity)).toBe(1);
  expect(strip.rows[0]!.median).toBe(Infinity);
});

it("draws everything of a claim that has no choice of its own", () => {
  expect(stripOf("small-batches", "main", judged({ "BatchNorm 2": [0.6], "BatchNorm 32": [0.98] }))!.rows.length).toBe(2);
});

it("has nothing to draw where nothing was measured", () => {
  expect(stripOf("speed", "main", judged({}))).toBeNull();
  expect(stripOf("speed", "main", judged({ plain_steps: [NaN], batch_steps: [NaN] }))).toBeNull();
});

it("starts at zero where the least value is small beside the greatest", () => {
  expect(stripOf("saturation", "main", judged({ plain_saturated: [0.7], batch_saturated: [0.02] }))!.low).toBe(0);
});

it("a missing measurement has no median", () => {
  expect(tableOf("modes", "main", judged({ precise: [0.9, NaN] }))[0]!.median).toBeNaN();
  expect(tableOf("modes", "main", judged({ precise: [0.9, 0.8] }))[0]!.median).toBeCloseTo(0.85);
});

it("names measurements, known or not", () => {
  expect(evidenceLabel("plain_steps")).toBe("no norm, steps");
  expect(evidenceLabel("GroupNorm 32")).toBe("GroupNorm, batches of 32");
  expect(evidenceLabel("0.3", "decay")).toBe("weight decay 0.3");
  expect(evidenceLabel("some_thing")).toBe("Some thing");
});

it("writes effects in their unit", () => {
  expect(effectText("times", 5.83)).toBe("5.83 times");
  expect(effectText("points", 0.0083)).toBe("+0.830 points");
  expect(effectText("decades", -1.9)).toBe("−1.90 decades");
  expect(effectText("cells", 5)).toBe("+5 settings");
  expect(effectText("difference", 2.4e-7)).toBe("2.40×10⁻⁷");
  expect(effectText("times", null)).toBe("");
  expect(intervalText("points", [-0.01, 0.02])).toBe("−1.00 points to +2.00 points");
  expect(intervalText("points", null)).toBe("");
});

it("reads what the server writes as words, and tells what was not measured from what never came", () => {
  const strip = stripOf("modes", "main", judged({ running: ["NaN", 0.9] as unknown as number[], precise: ["Infinity", 0.95] as unknown as number[] }))!;
  expect(strip.rows.map((row) => row.values[0])).toEqual([NaN, Infinity]);
  expect(strip.rows.map((row) => row.median)).toEqual([NaN, Infinity]);
});

it("puts settings in their order, whatever order their names come in", () => {
  const rows = tableOf("bias-variance", "main", judged({ "0": [0.3], "10": [0.2], "0.3": [0.1] }));
  expect(rows.map((row) => row.name)).toEqual(["0", "0.3", "10"]);
  expect(tableOf("modes", "main", judged({ b: [1], a: [2] })).map((row) => row.name)).toEqual(["b", "a"]);
});

it("draws of a counter-experiment what its own verdict rests on", () => {
  const rows = (claim: string, kind: "main" | "counter", evidence: Record<string, number[]>): string[] =>
    stripOf(claim, kind, judged(evidence))!.rows.map((row) => row.name);
  const saturation = { plain_saturated: [0.7], batch_saturated: [0.02], plain_final: [0.9], batch_final: [0.92] };
  expect(rows("saturation", "main", saturation)).toEqual(["plain_saturated", "batch_saturated"]);
  expect(rows("saturation", "counter", saturation)).toEqual(["plain_final", "batch_final"]);
  expect(rows("identity", "counter", { identity_error: [1e-7], mode_logit_gap: [1] })).toEqual(["mode_logit_gap"]);
  expect(rows("minibatches", "counter", { mini_steps: [30], full_steps: [20], mini_examples: [900], full_examples: [9000] })).toEqual(["mini_steps", "full_steps"]);
});

it("gives a measurement the colour that its network has in the charts", () => {
  const inks = (claim: string, names: string[]): string[] =>
    stripOf(claim, "main", judged(Object.fromEntries(names.map((name, i) => [name, [i + 1]]))))!.rows.map((row) => row.ink);
  expect(inks("speed", ["plain_steps", "batch_steps"])).toEqual(["var(--arm-1)", "var(--arm-2)"]);
  expect(inks("small-batches", ["no norm 2", "no norm 32", "BatchNorm 2", "GroupNorm 2"])).toEqual(["var(--arm-1)", "var(--arm-1)", "var(--arm-2)", "var(--arm-4)"]);
  expect(new Set(inks("regularisation", ["none", "dropout", "BatchNorm", "both"])).size).toBe(4);
  expect(inks("table", ["plain steps", "plain x5 steps", "BN steps", "BN x5 steps"])).toEqual(["var(--arm-1)", "var(--arm-2)", "var(--arm-7)"]);
  expect(inks("early-stopping", ["best", "last"])).toEqual(["var(--muted)", "var(--muted)"]);
});

it("says what an effect is of, a counter-experiment's too", () => {
  expect(effectMeaning("speed", "counter")).toBe(effectMeaning("speed", "main"));
  expect(effectMeaning("saturation", "counter")).toBe("of test accuracy against the plain network");
});
