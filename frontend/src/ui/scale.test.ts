import { describe, expect, it } from "vitest";

import { fraction, type Scale, stepped, valueAt } from "./scale";

const rate: Scale = { low: 1e-5, high: 1000, log: true, integer: false, zero: false };
const steps: Scale = { low: 1, high: 1_000_000, log: true, integer: true, zero: false };
const share: Scale = { low: 0, high: 1, log: false, integer: false, zero: false };

describe("log scale", () => {
  it("has equal ways for equal factors", () => {
    expect(fraction(0.1, rate)).toBeCloseTo(0.5);
    expect(fraction(1000, steps)).toBeCloseTo(0.5);
  });

  it("is its own inverse up to two digits", () => {
    for (const value of [0.00012, 0.1, 3.3, 850]) expect(valueAt(fraction(value, rate), rate)).toBeCloseTo(value, 10);
  });

  it("keeps to its ends", () => {
    expect(fraction(5000, rate)).toBe(1);
    expect(fraction(0, rate)).toBe(0);
    expect(valueAt(0, rate)).toBe(1e-5);
    expect(valueAt(0, { ...rate, zero: true })).toBe(0);
  });

  it("steps through 1, 2, 5, 10", () => {
    expect([0.1, 0.2, 0.5].map((value) => stepped(value, 1, rate))).toEqual([0.2, 0.5, 1]);
    expect([0.1, 0.2, 0.3].map((value) => stepped(value, -1, rate))).toEqual([0.05, 0.1, 0.2]);
    expect(stepped(1000, 1, rate)).toBe(1000);
    expect(stepped(4000, 1, steps)).toBe(5000);
    expect(stepped(1e-5, -1, { ...rate, zero: true })).toBe(0);
    expect(stepped(0, 1, { ...rate, zero: true })).toBe(1e-5);
  });
});

describe("linear scale", () => {
  it("moves by a twentieth", () => {
    expect(fraction(0.25, share)).toBe(0.25);
    expect(stepped(0.5, 1, share)).toBe(0.55);
    expect(stepped(0, -1, share)).toBe(0);
    expect(valueAt(0.333, share)).toBe(0.33);
  });
});
