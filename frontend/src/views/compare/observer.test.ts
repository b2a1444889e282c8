import { expect, it } from "vitest";

import { Curve } from "../../data/curve";
import { observerShare, type Spent } from "./observer";

function spent(...rows: [step: number, until: number][]): Spent {
  const curve = new Curve();
  for (const [step, until] of rows) curve.push(step, until * 0.8, until * 0.6, until);
  return { curve, tail: null };
}

it("the observer's share is that of all seconds up to the newest step", () => {
  expect(observerShare(spent([10, 0.1], [20, 0.3]), spent([10, 1], [20, 4]))).toBeCloseTo(0.075);
  const tail = { step: 25, value: 0.4, low: 0.3, high: 0.5 };
  expect(observerShare({ ...spent([20, 0.3]), tail }, { ...spent([20, 4]), tail: { ...tail, high: 5 } })).toBeCloseTo(0.1);
});

it("is not known before the first step, nor where the run did not measure it", () => {
  expect(observerShare(spent(), spent())).toBeNull();
  expect(observerShare(null, spent([1, 1]))).toBeNull();
});
