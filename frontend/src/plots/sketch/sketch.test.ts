import { describe, expect, it } from "vitest";

import { drawn, ticksOf } from "./sketch";
import { spread } from "../spread";

const BOX = { width: 200, height: 100 };
const X = { low: 0, high: 100, log: false };
const Y = { low: 0, high: 1, log: false };
const line = (y: number[]): Parameters<typeof drawn>[0] => ({ x: [50, 100], y, low: y, high: y });

describe("a sketch", () => {
  it("draws high values up, and leaves out what was not measured", () => {
    expect(drawn(line([0.2, 0.8]), X, Y, BOX).line).toBe("M100.0 80.0L200.0 20.0");
    expect(drawn(line([NaN, 0.8]), X, Y, BOX).line).toBe("M200.0 20.0");
    expect(drawn(line([NaN, NaN]), X, Y, BOX)).toMatchObject({ line: "", band: "" });
    expect(drawn({ ...line([0, 1]), low: [], high: [] }, X, Y, BOX).band).toBe("");
  });

  it("writes steps in full, decades as powers, and the settings that were tried, 0 among them", () => {
    expect(ticksOf({ low: 0, high: 1500, log: false }, 3).texts).toEqual(["0", "500", "1\u202f000", "1\u202f500"]);
    expect(ticksOf({ low: 1e-13, high: 1, log: true }, 4).texts).toEqual(["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"]);
    expect(ticksOf({ low: 0.1, high: 50, log: true, at: [0, 0.3, 1, 2, 50] }, 3).texts).toEqual(["0", "1", "50"]);
    expect(ticksOf({ low: 2, high: 32, log: true, at: [2, 32] }, 5).texts).toEqual(["2", "32"]);
    expect(ticksOf({ low: 2, high: 2, log: true, at: [2] }, 5).texts).toEqual(["2"]);
  });
});

describe("labels", () => {
  it("stay where they are while they do not touch", () => {
    expect(spread([10, 40], 16, 0, 100)).toEqual([10, 40]);
  });

  it("move apart in their order, inside the frame", () => {
    expect(spread([50, 48], 16, 0, 100)).toEqual([64, 48]);
    expect(spread([99, 98], 16, 0, 100)).toEqual([100, 84]);
  });
});
