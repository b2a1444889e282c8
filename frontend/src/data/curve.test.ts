import { describe, expect, it } from "vitest";

import { chunk } from "./chunk.fixture";
import { Curve, indexAt, pointAt } from "./curve";
import { SeriesStore } from "./store";

describe("Curve", () => {
  it("grows without losing what it holds", () => {
    const curve = new Curve(2);
    for (let i = 1; i <= 1000; i++) curve.push(i, i / 2, i, i + 1);
    expect(curve.n).toBe(1000);
    expect(curve.lastStep).toBe(1000);
    expect([curve.step[0], curve.value[499], curve.low[999], curve.high[0]]).toEqual([1, 250, 1000, 2]);
  });

  it("finds the last step at or before another", () => {
    const steps = Uint32Array.from([2, 4, 8, 0, 0]);
    expect([0, 2, 3, 4, 7, 8, 100].map((step) => indexAt(steps, 3, step))).toEqual([-1, 0, 0, 1, 1, 2, 2]);
  });

  it("finds the window that holds a step; beyond the last one the open window", () => {
    const curve = new Curve();
    curve.push(2, 1, 1, 1);
    curve.push(4, 2, 2, 2);
    expect([1, 2, 3, 4].map((step) => pointAt(curve, step)?.step)).toEqual([2, 2, 4, 4]);
    expect(pointAt(curve, 9)?.step).toBe(4);
    expect(pointAt(curve, 9, { step: 6, value: 3, low: 3, high: 3 })?.step).toBe(6);
    expect(pointAt(new Curve(), 1)).toBeNull();
  });
});

describe("SeriesStore", () => {
  it("appends each series' new rows and leaves out what it has", () => {
    const store = new SeriesStore();
    store.add(chunk([[1, 1, 10], [1, 2, 20], [5, 1, 50]]));
    store.add(chunk([[1, 2, 99], [1, 3, 30], [5, 2, 60]]));
    const one = store.curve(1);
    expect(Array.from(one.value.subarray(0, one.n))).toEqual([10, 20, 30]);
    expect(store.curve(5).n).toBe(2);
    expect(store.curve(7).n).toBe(0);
  });

  it("replaces the provisional tail and drops it once the window is closed", () => {
    const store = new SeriesStore();
    store.add(chunk([[1, 4, 1]]));
    store.replaceTail(chunk([[1, 5, 2], [2, 5, 3]], 0));
    expect(store.tail(1)?.value).toBe(2);
    store.replaceTail(chunk([[1, 6, 7]], 0));
    expect(store.tail(1)?.value).toBe(7);
    expect(store.tail(2)).toBeNull();
    store.add(chunk([[1, 6, 7]]));
    expect(store.tail(1)).toBeNull();
    expect(store.curve(1).n).toBe(2);
  });

  it("starts a new generation when it is cleared", () => {
    const store = new SeriesStore();
    store.add(chunk([[1, 4, 1]]));
    const curve = store.curve(1);
    store.clear();
    expect([curve.n, curve.generation, store.curve(1) === curve]).toEqual([0, 1, true]);
  });
});
