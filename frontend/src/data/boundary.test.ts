import { describe, expect, it } from "vitest";

import { answerOf, cellAt, pixelsOf, type Rgb, strength } from "./boundary";

const RED: Rgb = [200, 0, 0];
const BLUE: Rgb = [0, 0, 200];
const WHITE: Rgb = [255, 255, 255];

describe("a stored answer", () => {
  it.each([
    [0.75, 0, 0.75],
    [1, 0, 1],
    [1.5, 1, 0.5],
    [3, 2, 1],
  ])("%f is class %i with probability %f", (value, index, confidence) => {
    expect(answerOf(value)).toEqual({ index, confidence });
  });

  it("may be missing", () => {
    expect(answerOf(NaN)).toBeNull();
  });
});

it("strength runs from chance to certainty", () => {
  expect(strength(0.5, 2)).toBe(0);
  expect(strength(1, 2)).toBe(1);
  expect(strength(2 / 3, 3)).toBeCloseTo(0.5);
});

it("the first row lies below, a missing answer is left out, certainty is stronger", () => {
  const row = Float32Array.from([1, 0.5, 1.5, NaN]); // below: sure red, unsure red; above: unsure blue, none
  const pixels = pixelsOf(row, 2, [RED, BLUE], WHITE);
  const at = (x: number, y: number) => [...pixels.slice(4 * (2 * y + x), 4 * (2 * y + x) + 4)];
  expect(at(1, 0)).toEqual([0, 0, 0, 0]);
  const [sure, unsure, blue] = [at(0, 1), at(1, 1), at(0, 0)];
  expect(sure[1]).toBeLessThan(unsure[1]!);
  expect(unsure[0]).toBeGreaterThan(unsure[2]!);
  expect(blue[2]).toBeGreaterThan(blue[0]!);
});

it("a place is in one cell, the outside in none", () => {
  expect(cellAt(-0.9, -0.9, -1, 1, 4)).toBe(0);
  expect(cellAt(0.9, -0.9, -1, 1, 4)).toBe(3);
  expect(cellAt(-0.9, 0.9, -1, 1, 4)).toBe(12);
  expect(cellAt(1.1, 0, -1, 1, 4)).toBeNull();
});
