import { expect, it } from "vitest";

import { boxesFor, extentOf } from "./scatter";

it("panels lie side by side where it is wide, above each other where it is high, with room for their numbers", () => {
  const columns = (count: number, width: number, height: number): number => new Set(boxesFor(count, { width, height }).map((box) => box.left)).size;
  expect(columns(2, 436, 180)).toBe(2);
  expect(columns(2, 342, 400)).toBe(1);
  expect(columns(1, 900, 100)).toBe(1);
  expect(columns(4, 400, 400)).toBe(2);
  const [above, below] = boxesFor(2, { width: 342, height: 400 });
  expect(below!.top - (above!.top + above!.height)).toBeGreaterThanOrEqual(32 + 18 - 1); // numbers and name below, name of the next
  expect(below!.top + below!.height).toBeLessThanOrEqual(400 - 32 + 1);
});

it("both axes span all that is seen on either", () => {
  const cloud = { name: "", variable: "", marker: "circle" as const, x: [1, 2], y: [-3, NaN] };
  expect(extentOf({ title: "", log: false, clouds: [cloud] })).toEqual([-3, 2]);
});
