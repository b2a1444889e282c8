import { expect, it } from "vitest";

import { Curve } from "./curve";
import { PairBand } from "./pair";

function curve(...rows: [step: number, value: number][]): Curve {
  const made = new Curve();
  for (const [step, value] of rows) made.push(step, value, NaN, NaN);
  return made;
}

it("joins least and greatest as far as both are there, and starts anew where one of them did", () => {
  const low = curve([10, 1], [20, 2]);
  const high = curve([10, 3]);
  const band = new PairBand();
  const joined = band.update(low, high);
  expect([joined.n, joined.value[0], joined.low[0], joined.high[0]]).toEqual([1, 2, 1, 3]);
  high.push(20, 8, NaN, NaN);
  band.update(low, high);
  expect([joined.n, joined.step[1], joined.value[1]]).toEqual([2, 20, 5]);
  high.clear();
  high.push(10, 7, NaN, NaN);
  band.update(low, high);
  expect([joined.n, joined.high[0]]).toEqual([1, 7]);
});
