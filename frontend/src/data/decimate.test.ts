import { describe, expect, it } from "vitest";

import { axisMap } from "./axis";
import { Curve } from "./curve";
import { PixelColumns } from "./decimate";

const axis = axisMap("step", 1, new Curve());

/** Reproducible numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function walk(seed: number, n: number, gaps: boolean): Curve {
  const next = random(seed);
  const curve = new Curve();
  let step = 0;
  for (let i = 0; i < n; i++) {
    step += 1 + Math.floor(next() * 3);
    const value = next() < 0.01 ? 1000 * next() : next();
    const spike = next() < 0.01 ? 500 : 0;
    curve.push(step, gaps && next() < 0.02 ? NaN : value, value - next() - spike, value + next() + spike);
  }
  return curve;
}

describe("PixelColumns", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("covers every value and every spike in sight (seed %i)", (seed) => {
    const curve = walk(seed, 5000, seed % 2 === 0);
    const next = random(seed + 100);
    const x0 = Math.floor(next() * curve.lastStep * 0.5);
    const x1 = x0 + 10 + Math.floor(next() * curve.lastStep);
    const width = 50 + Math.floor(next() * 700);
    const columns = new PixelColumns();
    columns.update(curve, axis, x0, x1, width);
    const scale = width / (x1 - x0);
    for (let i = 0; i < curve.n; i++) {
      const step = curve.step[i]!;
      if (step < x0 || step > x1 || !Number.isFinite(curve.value[i]!)) continue;
      const pixel = Math.floor((step - x0) * scale);
      const at = Array.from(columns.x.subarray(0, columns.n)).findIndex((x) => Math.floor(x) === pixel);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(columns.min[at]).toBeLessThanOrEqual(curve.value[i]!);
      expect(columns.max[at]).toBeGreaterThanOrEqual(curve.value[i]!);
      expect(columns.low[at]).toBeLessThanOrEqual(curve.low[i]!);
      expect(columns.high[at]).toBeGreaterThanOrEqual(curve.high[i]!);
    }
    expect(columns.n).toBeLessThanOrEqual(width + 3);
  });

  it.each([11, 12, 13])("is the same whether points come one by one or all at once (seed %i)", (seed) => {
    const whole = walk(seed, 2000, true);
    const growing = new Curve();
    const bit = new PixelColumns();
    const once = new PixelColumns();
    for (let i = 0; i < whole.n; i++) {
      growing.push(whole.step[i]!, whole.value[i]!, whole.low[i]!, whole.high[i]!);
      if (i % 7 === 0) bit.update(growing, axis, 0, whole.lastStep, 321);
    }
    bit.update(growing, axis, 0, whole.lastStep, 321);
    once.update(whole, axis, 0, whole.lastStep, 321);
    expect(bit.n).toBe(once.n);
    for (const name of ["x", "first", "min", "max", "last", "low", "high", "gap"] as const) {
      expect(Array.from(bit[name].subarray(0, bit.n))).toEqual(Array.from(once[name].subarray(0, once.n)));
    }
  });

  it("keeps a neighbour beyond each edge, so that the line leaves at the right angle", () => {
    const curve = new Curve();
    for (let step = 0; step <= 100; step += 10) curve.push(step, step, step, step);
    const columns = new PixelColumns();
    columns.update(curve, axis, 25, 55, 300);
    expect(Array.from(columns.first.subarray(0, columns.n))).toEqual([20, 30, 40, 50, 60]);
    expect(columns.x[0]).toBeLessThan(0);
    expect(columns.x[columns.n - 1]).toBeGreaterThan(300);
  });

  it("breaks the line where a value is not finite, and starts again when the curve is cleared", () => {
    const curve = new Curve();
    for (const [step, value] of [[1, 1], [2, NaN], [3, 3]] as const) curve.push(step, value, value, value);
    const columns = new PixelColumns();
    columns.update(curve, axis, 0, 4, 400);
    expect(Array.from(columns.gap.subarray(0, columns.n))).toEqual([0, 1]);
    curve.clear();
    curve.push(2, 5, 5, 5);
    columns.update(curve, axis, 0, 4, 400);
    expect([columns.n, columns.first[0]]).toEqual([1, 5]);
  });
});
