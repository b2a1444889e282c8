import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import type { Rgb } from "../../data/boundary";
import { axisMap } from "../../data/axis";
import { Curve } from "../../data/curve";
import { VectorSeries } from "../../data/vectors";
import { rgbOf } from "../tiles";
import { vectorSource } from "./columns";
import { csvOfMap } from "./csv";
import { columnsFor, panelsIn, roomyTicks, roundTicks } from "./layout";
import { endsOf, labOf, type Lab, rampOf, rgbOfLab, unpacked } from "./ramp";
import { isEmpty, sharedScale, Strips } from "./strips";

const css = readFileSync(new URL("../../style/tokens.css", import.meta.url), "utf8");
const stops = (name: string, theme: number): Rgb[] =>
  [...css.matchAll(new RegExp(`--${name}: ([^;]+);`, "g"))][theme]![1]!.split(/[\s,]+/).map(rgbOf);
const time = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100 };
const steps = (ramp: Uint32Array): number[] => {
  const labs = [...ramp].map((colour): Lab => labOf(unpacked(colour)));
  return labs.slice(1).map((lab, i) => Math.hypot(...lab.map((value, k) => value - labs[i]![k]!)));
};

/** Rows of `values`, one observation every ten steps from step 5 on. */
function series(...values: number[][]): VectorSeries {
  const made = new VectorSeries();
  values.forEach((row, i) => made.put(5 + 10 * i, Float32Array.from(row)));
  return made;
}

function strips(made: VectorSeries, units: number, width = 10): Strips {
  const result = new Strips();
  result.update([vectorSource(made, units)], time, width, 100);
  return result;
}

describe("colour maps", () => {
  it("colours survive the way to OKLab and back", () => {
    for (const rgb of [[0, 0, 0], [255, 255, 255], [68, 1, 84], [253, 231, 37], [10, 200, 90]] as Rgb[]) expect(rgbOfLab(labOf(rgb))).toEqual(rgb);
  });

  it.each([0, 1])("the map grows lighter from end to end in even steps (theme %i)", (theme) => {
    const ramp = rampOf(stops("heat", theme));
    const light = [...ramp].map((colour) => labOf(unpacked(colour))[0]);
    expect(light.slice(20).every((value, i) => value > light[i]!)).toBe(true);
    // Sums of 16 steps: single ones are rounded to whole colours.
    const sums = Array.from({ length: 15 }, (_, i) => steps(ramp).slice(16 * i, 16 * i + 16).reduce((a, b) => a + b));
    expect(Math.max(...sums) / Math.min(...sums)).toBeLessThan(2);
  });

  it.each([0, 1])("zero is the calmest colour of a difference, both ends are as strong (theme %i)", (theme) => {
    const ramp = rampOf(stops("diverge", theme));
    const chroma = (i: number): number => Math.hypot(labOf(unpacked(ramp[i]!))[1], labOf(unpacked(ramp[i]!))[2]);
    expect(chroma(128)).toBeLessThan(0.02);
    expect(Math.min(chroma(0), chroma(255))).toBeGreaterThan(0.06);
    expect(Math.abs(labOf(unpacked(ramp[0]!))[0] - labOf(unpacked(ramp[255]!))[0])).toBeLessThan(0.08);
  });
});

describe("an image", () => {
  const ramp = rampOf([[0, 0, 0], [255, 255, 255]]);
  const scale = { low: 0, high: 1, log: false };

  it("has a pixel for each column and row; NaN and the time before the first observation stay empty", () => {
    const map = strips(series([0, 1], [NaN, 1]), 2);
    const pixels = new Uint32Array(20);
    expect(map.colour(pixels, scale, ramp)).toEqual([0, 10]);
    expect([pixels[0], pixels[10]]).toEqual([ramp[0], ramp[255]]);
    expect([pixels[1], pixels[11]]).toEqual([0, ramp[255]]);
  });

  it("colours only what is new, until the scale changes", () => {
    const made = series([0.5]);
    const map = new Strips();
    map.update([vectorSource(made, 1)], time, 10, 5);
    const pixels = new Uint32Array(10);
    map.colour(pixels, scale, ramp);
    made.put(45, Float32Array.of(1));
    map.update([vectorSource(made, 1)], time, 10, 45);
    const [from, to] = map.colour(pixels, scale, ramp);
    expect([from >= 0, to]).toEqual([true, 5]);
    expect([pixels[0], pixels[4], pixels[5]]).toEqual([ramp[128], ramp[255], 0]);
    map.update([vectorSource(made, 1)], time, 10, 45);
    const untouched = new Uint32Array(10);
    expect(map.colour(untouched, scale, ramp)[0]).toBe(10);
    expect([...untouched]).toEqual(Array(10).fill(0));
    map.colour(untouched, { ...scale, high: 2 }, ramp);
    expect(untouched[4]).toBe(ramp[128]);
  });

  it("a difference is there where both are", () => {
    const [a, b] = [strips(series([3], [5]), 1), strips(series([1], [NaN]), 1)];
    const map = new Strips();
    map.combine(a, b, (x, y) => x - y);
    expect([map.at(0, 0), map.at(1, 0), map.rows]).toEqual([2, NaN, 1]);
  });

  it("says whether anything is there", () => {
    expect(isEmpty([strips(series([NaN]), 1)])).toBe(true);
    expect(isEmpty([strips(series([NaN]), 1), strips(series([0]), 1)])).toBe(false);
  });
});

describe("the scale of several maps", () => {
  const linear = { log: false, fixed: null, centred: false };

  it("holds all of them, and stands still as long as they fit", () => {
    const maps = [strips(series([0, 1]), 2), strips(series([4, 10]), 2)];
    const scale = sharedScale(maps, null, linear);
    expect(scale.low <= 0 && scale.high >= 10).toBe(true);
    expect(sharedScale([strips(series([1, 9]), 2)], scale, linear)).toEqual(scale);
  });

  it("one value that runs off does not make the others one colour", () => {
    const rows = Array.from({ length: 100 }, (_, i) => [1 + (i % 7), i === 99 ? 1e30 : 2]);
    const made = new VectorSeries();
    rows.forEach((row, i) => made.put(i, Float32Array.from(row)));
    expect(sharedScale([strips(made, 2, 400)], null, linear).high).toBeLessThan(1e3);
  });

  it("signed values have zero in the middle, logarithmic ones count in decades", () => {
    const { low, high } = sharedScale([strips(series([-3, 1]), 2)], null, { ...linear, centred: true });
    expect([low, high >= 3]).toEqual([-high, true]);
    const decades = sharedScale([strips(series([0.001, 0, 10]), 3)], null, { ...linear, log: true });
    expect(endsOf(decades)[0]).toBeLessThan(0.0011);
    expect(endsOf(decades)[1]).toBeGreaterThan(9.9);
    expect(sharedScale([], null, { ...linear, fixed: [0, 1] })).toEqual({ low: 0, high: 1, log: false });
  });
});

describe("panels", () => {
  it("stand in rows of one length, and none is narrower than it may be", () => {
    expect([columnsFor(2, 600, 150), columnsFor(8, 700, 150), columnsFor(8, 340, 150), columnsFor(3, 100, 150)]).toEqual([2, 4, 2, 1]);
    const boxes = panelsIn(8, { width: 700, height: 400 }, 4, 40);
    expect(new Set(boxes.map((box) => box.top)).size).toBe(2);
    expect(boxes[3]!.left + boxes[3]!.width).toBeLessThanOrEqual(700);
    expect(boxes[4]!.top).toBeGreaterThan(boxes[0]!.top + boxes[0]!.height);
  });

  it.each([[0, 4000, 4, [0, 1000, 2000, 3000, 4000]], [-0.5, 0.5, 2, [-0.5, 0, 0.5]], [1, 1, 3, []]] as const)("ticks from %f to %f are round", (low, high, most, ticks) => {
    expect(roundTicks(low, high, most)).toEqual(ticks);
  });

  it("stand evenly and apart, the last one with the unit, as many as there is room for", () => {
    const texts = (high: number, width: number): string[] =>
      roomyTicks([0, high], width, (value, last) => (last ? `${value} step` : String(value)), (text) => 7 * text.length).map((tick) => tick.text);
    expect(texts(300, 175)).toEqual(["0", "200 step"]);
    expect(texts(4000, 175)).toEqual(["0", "2000", "4000 step"]);
    expect(texts(600, 390)).toEqual(["0", "200", "400", "600 step"]);
    expect(texts(4000, 110)).toEqual(["0", "4000 step"]);
    expect(texts(600, 40)).toEqual(["500 step"]);
  });
});

it("a map's CSV has what was measured", () => {
  const panel = { name: 'a,"b"', variable: "", sources: [vectorSource(series([1, 2]), 2)], absent: "", end: null };
  expect(csvOfMap([panel], ["x"])).toBe('arm,row,step,value\n"a,""b""",x,5,1\n"a,""b""",1,5,2\n');
});
