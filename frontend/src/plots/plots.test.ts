import { describe, expect, it } from "vitest";

import { axisMap } from "../data/axis";
import { Curve } from "../data/curve";
import { PixelColumns } from "../data/decimate";
import { flopsAxis } from "../data/effort";
import { csvOf } from "./csv";
import { extentOf } from "./extent";
import type { Figure, LineMark, TimeView, TraceMark } from "./figure";
import { cut, placed } from "./labels";
import { spread } from "./spread";
import { readable, roomFor } from "./layout";
import { fileName } from "./names";
import { nextRange } from "./range";
import { mixed } from "./theme";
import { linearTicks, logTicks } from "./ticks";
import { rowsInView, thinned } from "./rows";

const linear = { log: false, fixed: null, include: null };
const log = { log: true, fixed: null, include: null };
const time: TimeView = { axis: axisMap("step", 1, new Curve()), x0: 0, x1: 100, cursor: null, unit: "step" };

function line(values: [step: number, value: number, low?: number, high?: number][], end: LineMark["end"] = null): LineMark {
  const curve = new Curve();
  for (const [step, value, low = value, high = value] of values) curve.push(step, value, low, high);
  const ink = { variable: "--arm-1", dash: [] };
  return { kind: "line", name: "a", ink, curve, band: curve, width: 1, alpha: 1, bandAlpha: 0.2, spoken: false, tail: null, label: "", end };
}

describe("labels of categories", () => {
  const layers = [...Array.from({ length: 20 }, (_, i) => String(i + 1)), "out"];

  it("are all written where there is room", () => {
    expect(readable(["1", "2", "out"], 200)).toEqual([0, 1, 2]);
  });

  it("are thinned out where they would touch; first and last stay", () => {
    expect(readable(layers, 320)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect(readable(layers, 150)).toEqual([0, 5, 10, 15, 20]);
    expect(readable(layers.slice(0, 18), 150)).toEqual([0, 5, 10, 17]);
  });
});

describe("room for the labels of the y axis", () => {
  it("is the same for what is usual, and more where a label would be cut", () => {
    const usual = roomFor(["0", "0.5", "1.0"]);
    expect(roomFor(["−2", "0", "2"])).toBe(usual);
    expect(roomFor(["10⁻³", "0.01", "1\u202f000"])).toBe(usual);
    expect(roomFor(["−0.0010", "0"])).toBeGreaterThan(usual);
    expect(roomFor(["3×10⁻⁴"])).toBeGreaterThan(usual);
    expect(roomFor(["−1.25×10⁻⁴"])).toBeGreaterThan(roomFor(["−0.0010"]));
    expect(roomFor([])).toBe(usual);
  });
});

describe("nextRange", () => {
  it("stands still while the data fit and fill enough of it", () => {
    const range = nextRange([0, 10], null, linear);
    expect(range[0]).toBeLessThan(0);
    expect(range[1]).toBeGreaterThan(10);
    expect(nextRange([0, 11], range, linear)).toBe(range);
    expect(nextRange([0, 6], range, linear)).toBe(range);
  });

  it("grows with headroom when the data leave it, shrinks when most of it is empty", () => {
    const range = nextRange([0, 10], null, linear);
    expect(nextRange([0, 20], range, linear)[1]).toBeGreaterThan(20);
    expect(nextRange([0, 2], range, linear)[1]).toBeLessThan(4);
  });

  it("keeps 0 in view on demand, without room below it", () => {
    expect(nextRange([3, 10], null, { ...linear, include: 0 })[0]).toBe(0);
    expect(nextRange([-3, 10], null, { ...linear, include: 0 })[0]).toBeLessThan(-3);
  });

  it("works in decades; bars stand on a whole one", () => {
    const [low, high] = nextRange([0.01, 100], null, log);
    expect(low).toBeLessThan(-2);
    expect(high).toBeGreaterThan(2);
    expect(nextRange([0.02, 1], null, { ...log, include: 0 })[0]).toBe(-2);
    expect(nextRange([0, 1], null, log)[0]).toBeGreaterThan(-14);
  });

  it("follows a line that goes on falling by few steps", () => {
    let range = nextRange([0.999e-3, 1e-3], null, log);
    let moved = 0;
    for (let low = 0.998e-3; low > 0.5e-3; low -= 1e-6) {
      const next = nextRange([low, 1e-3], range, log);
      if (next !== range) moved += 1;
      expect(next[0]).toBeLessThanOrEqual(Math.log10(low));
      range = next;
    }
    expect(moved).toBeLessThan(30);
    expect(range[0]).toBeGreaterThan(Math.log10(0.5e-3) - 0.12);
  });

  it("keeps the decade that bars stand on while they sway about its end, and leaves it when they stay far above", () => {
    const bars = { ...log, include: 0 };
    const deep = nextRange([0.09, 0.3], null, bars);
    expect(deep[0]).toBe(-2);
    expect(nextRange([0.13, 0.3], deep, bars)).toBe(deep);
    expect(nextRange([0.25, 0.3], deep, bars)).toBe(deep);
    const high = nextRange([0.35, 0.4], deep, bars);
    expect(high[0]).toBe(-1);
    expect(nextRange([0.15, 0.4], high, bars)).toBe(high);
    expect(nextRange([0.25, 0.3], nextRange([1e-9, 0.3], null, bars), bars)[0]).toBe(-1);
  });

  it("does not hold what it shows while there is nothing", () => {
    for (const options of [linear, log]) {
      const empty = nextRange(null, null, options);
      expect(nextRange([0.1, 0.9], empty, options)).toEqual(nextRange([0.1, 0.9], null, options));
    }
  });

  it("gives what is flat, missing or fixed a range too", () => {
    expect(nextRange([5, 5], null, linear)).toSatisfy(([a, b]: [number, number]) => a < 5 && b > 5);
    expect(nextRange(null, null, linear)).toEqual([0, 1]);
    expect(nextRange([7, 9], null, { ...linear, fixed: [0, 1] })).toEqual([0, 1]);
  });
});

describe("extentOf", () => {
  const columns = (curve: Curve) => {
    const result = new PixelColumns();
    result.update(curve, time.axis, 0, 100, 200);
    return result;
  };

  it("holds every spike of the band", () => {
    expect(extentOf([line([[1, 5], [2, 6, -3, 40]])], false, columns)).toEqual([-3, 40]);
  });

  it("is not flattened by an arm that runs off", () => {
    const marks = [line([[1, 1], [2, 2]]), line([[1, 1], [2, 1e20]], { step: 2, text: "" })];
    expect(extentOf(marks, false, columns)![1]).toBeLessThan(4);
    expect(extentOf([marks[1]!], false, columns)![1]).toBeCloseTo(1e20, -15);
  });

  it("is not flattened by a curve that runs off, unless it is alone", () => {
    const trace = (y: number[], wild: boolean): TraceMark => ({ kind: "trace", name: "a", ink: { variable: "--arm-1", dash: [] }, x: [0, 1], y, width: 1, alpha: 1, dots: false, label: "", wild });
    expect(extentOf([trace([0, 2], false), trace([0, 1e11], true)], false, columns)).toEqual([0, 4]);
    expect(extentOf([trace([0, 1e11], true)], false, columns)).toEqual([0, 1e11]);
  });

  it("takes only what a logarithm takes", () => {
    expect(extentOf([line([[1, 0], [2, 0.5], [3, 2]])], true, columns)).toEqual([0.5, 2]);
  });
});

describe("linearTicks", () => {
  it("stands at 1, 2 or 5 times a power of ten, within the range, with equal decimals", () => {
    expect(linearTicks([0, 1], 5)).toEqual({ values: [0, 0.2, 0.4, 0.6, 0.8, 1], texts: ["0", "0.2", "0.4", "0.6", "0.8", "1.0"] });
    expect(linearTicks([-6, 5.2], 3).texts).toEqual(["−5", "0", "5"]);
    expect(linearTicks([0.02, 0.11], 4).texts).toEqual(["0.05", "0.10"]);
  });

  it("writes what is long in thousands and millions, steps in full, what is tiny as a power", () => {
    expect(linearTicks([0, 50_000], 4).texts).toEqual(["0", "20k", "40k"]);
    expect(linearTicks([0, 3e6], 3).texts).toEqual(["0", "1M", "2M", "3M"]);
    expect(linearTicks([0, 50_000], 4, true).texts).toEqual(["0", "20\u202f000", "40\u202f000"]);
    expect(linearTicks([0, 3e-5], 3).texts).toEqual(["0", "1×10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"]);
    expect(linearTicks([0, 2e30], 2).texts).toEqual(["0", "1×10³⁰", "2×10³⁰"]);
  });
});

describe("logTicks", () => {
  it.each([
    [[-2, 1], 4, ["0.01", "0.1", "1", "10"]],
    [[-1.2, 0.4], 6, ["0.1", "0.2", "0.5", "1", "2"]],
    [[-12, 0], 4, ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"]],
    [[0, 27], 3, ["1", "10⁹", "10¹⁸", "10²⁷"]],
    [[-0.22, -0.05], 4, ["0.7", "0.8"]],
  ] as const)("over %j with room for %d", (range, most, texts) => {
    expect(logTicks(range, most).texts).toEqual(texts);
  });
});

describe("labels", () => {
  it("are written in a darker shade of their line", () => {
    expect(mixed("#ff0000", "#000000", 1 / 3)).toBe("#aa0000");
  });

  it("are moved apart, in order, and stay inside", () => {
    expect(spread([50, 52, 200], 15, 0, 100)).toEqual([50, 65, 100]);
    expect(spread([99, 100, 98], 15, 0, 100)).toEqual([85, 100, 70]);
    expect(spread([], 15, 0, 100)).toEqual([]);
  });

  it("the name of a line that ends early gives way to those that it would touch", () => {
    const box = { top: 0, bottom: 100 };
    expect(placed([[0, 90], [95, 150]], [50, 50], [true, false], 15, box)).toEqual([35, 50]);
    expect(placed([[0, 90], [95, 150]], [8, 8], [true, false], 15, box)).toEqual([23, 8]);
    expect(placed([[0, 40], [95, 150]], [50, 50], [true, false], 15, box)).toEqual([50, 50]);
  });

  it("are cut where they are long", () => {
    expect([cut("BatchNorm", 9), cut("BatchNorm", 6)]).toEqual(["BatchNorm", "Bat…rm"]);
    expect(cut("the same, SGD", 9)).not.toBe(cut("the same, Adam", 9));
  });
});

describe("rows", () => {
  const { curve } = line([[1, 1], [3, 1], [5, 1], [7, 1], [9, 1]]);

  it("are those in view", () => {
    expect(rowsInView(curve, time.axis, 3, 7)).toEqual([1, 4]);
    expect(rowsInView(curve, time.axis, 10, 20)).toEqual([5, 5]);
  });

  it("are thinned evenly, the last one kept", () => {
    expect(thinned(curve, time.axis, time, 2)).toEqual([0, 3, 4]);
    expect(thinned(curve, time.axis, time, 100)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("files", () => {
  const figure = (marks: Figure["panels"][0]["marks"], x: Figure["x"] = { kind: "time" }): Figure => ({
    x,
    y: { unit: "", log: false, fixed: null, include: null },
    columns: 1,
    panels: [{ title: "", ink: null, marks }],
  });

  it("hold what is in view as CSV", () => {
    const mark = { ...line([[1, 0.5, 0.25, 0.75], [200, 1]]), name: 'a, "b"' };
    expect(csvOf(figure([mark]), time)).toBe('series,step,x,value,low,high\n"a, ""b""",1,1,0.5,0.25,0.75\n');
    const ink = mark.ink;
    const bars = { kind: "bars" as const, name: "a", ink, values: [1, 2], slot: 0, slots: 1 };
    expect(csvOf(figure([bars], { kind: "category", labels: ["1", "out"], unit: "" }), time)).toBe("series,layer,value\na,1,1\na,out,2\n");
    const outline = { kind: "outline" as const, name: "a", ink, edges: [0, 1, 2], counts: [3, 4], fill: 0.1 };
    expect(csvOf(figure([outline]), time)).toBe("series,from,to,count\na,0,1,3\na,1,2,4\n");
  });

  it("have each line's own x where the arms' axes differ", () => {
    const cheap = { ...line([[10, 1], [20, 2]]), axis: flopsAxis(1e9, 1e9) };
    const dear = { ...line([[10, 3], [20, 4]]), name: "b", axis: flopsAxis(3e9, 1e9) };
    const spent = { ...time, axis: dear.axis, x1: 45, unit: "GFLOP" };
    expect(csvOf(figure([cheap, dear]), spent)).toBe("series,step,GFLOP,value,low,high\na,10,10,1,1,1\na,20,20,2,2,2\nb,10,30,3,3,3\n");
    expect(thinned(cheap.curve, cheap.axis, spent, 100)).toEqual([0, 1]);
    expect(thinned(dear.curve, dear.axis, spent, 100)).toEqual([0]);
  });

  it("are named after the chart", () => {
    expect(fileName("Input of layer 3's activation")).toBe("input-of-layer-3-s-activation");
    expect(fileName("…")).toBe("chart");
  });
});
