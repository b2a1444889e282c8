import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { PointsChunk } from "../api/arrow";
import type { Window } from "../api/runs";
import { chunk } from "./chunk.fixture";
import { around, Finer, REST } from "./finer";
import { SeriesStore } from "./store";

function finer() {
  const asked: { window: Window; answer: (chunk: PointsChunk | null) => void }[] = [];
  const shown: PointsChunk[] = [];
  let dropped = 0;
  const view = new Finer({
    ask: (window) => new Promise((answer) => asked.push({ window, answer })),
    series: () => [3, 5],
    last: () => 10_000,
    show: (chunk) => shown.push(chunk),
    drop: () => (dropped += 1),
  });
  return { view, asked, shown, dropped: () => dropped };
}

describe("Finer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks once, when the range rests, for more than is visible", async () => {
    const { view, asked, shown } = finer();
    view.look([100, 9000]);
    await vi.advanceTimersByTimeAsync(REST - 1);
    view.look([4000, 5000]);
    await vi.advanceTimersByTimeAsync(REST);
    expect(asked.map((a) => a.window)).toMatchObject([{ fromStep: 3750, toStep: 5250, series: [3, 5] }]);
    const points = chunk([[3, 4001, 1]]);
    asked[0]!.answer(points);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([points]);
  });

  it("lets an answer go that comes too late, or never came", async () => {
    const { view, asked, shown, dropped } = finer();
    view.look([4000, 5000]);
    await vi.advanceTimersByTimeAsync(REST);
    view.look(null);
    asked[0]!.answer(chunk([[3, 4001, 1]]));
    view.look([1, 9]);
    await vi.advanceTimersByTimeAsync(REST);
    asked[1]!.answer(null);
    await vi.advanceTimersByTimeAsync(0);
    expect([shown.length, dropped()]).toEqual([0, 1]);
  });

  it("asks again when the coarse points were loaded anew, and only where it is zoomed", async () => {
    const { view, asked } = finer();
    view.again();
    view.look([4000, 5000]);
    await vi.advanceTimersByTimeAsync(REST);
    view.again();
    await vi.advanceTimersByTimeAsync(REST);
    expect(asked).toHaveLength(2);
  });

  it("asks for at least a coarse point on either side, from the first step on", () => {
    expect(around([300, 304], 50_000)).toEqual({ fromStep: 0, toStep: 804 });
  });
});

describe("SeriesStore with finer points", () => {
  const coarse = chunk([[1, 10, 1], [1, 20, 2], [1, 30, 3], [2, 30, 5]]);
  const fine = chunk([[1, 12, 8], [1, 20, 6], [1, 25, 7]]);
  const rows = (store: SeriesStore, id: number) => {
    const { n, step, low, high } = store.curve(id);
    return Array.from({ length: n }, (_, i) => [step[i], low[i], high[i]]);
  };

  it("shows them in place of the coarse ones, exact extremes included, until they are dropped", () => {
    const store = new SeriesStore();
    store.add(coarse);
    const curve = store.curve(1);
    const before = curve.generation;
    store.refine(fine);
    expect(rows(store, 1)).toEqual([[10, 0, 2], [12, 7, 9], [20, 5, 7], [25, 6, 8], [30, 2, 4]]);
    expect([store.curve(1) === curve, curve.generation > before]).toEqual([true, true]);
    store.refine(chunk([[1, 11, 0]]));
    expect(rows(store, 1).map(([step]) => step)).toEqual([10, 11, 20, 30]);
    store.coarsen();
    expect(rows(store, 1)).toEqual([[10, 0, 2], [20, 1, 3], [30, 2, 4]]);
    expect(rows(store, 2)).toEqual([[30, 4, 6]]);
  });

  it("loses nothing that comes in while they are shown", () => {
    const store = new SeriesStore();
    store.add(coarse);
    store.refine(fine);
    store.add(chunk([[1, 40, 4]]));
    expect(rows(store, 1).map(([step]) => step)).toEqual([10, 20, 30, 40]);
  });
});
