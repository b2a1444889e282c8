import { expect, it } from "vitest";

import { extentOf, squarest } from "./scatter";

it("panels lie side by side where it is wide, above each other where it is high", () => {
  expect(squarest(2, { width: 436, height: 180 }, 44)).toBe(2);
  expect(squarest(2, { width: 342, height: 400 }, 44)).toBe(1);
  expect(squarest(1, { width: 900, height: 100 }, 44)).toBe(1);
  expect(squarest(4, { width: 400, height: 400 }, 44)).toBe(2);
});

it("both axes span all that is seen on either", () => {
  const cloud = { name: "", variable: "", marker: "circle" as const, x: [1, 2], y: [-3, NaN] };
  expect(extentOf({ title: "", log: false, clouds: [cloud] })).toEqual([-3, 2]);
});
