import { describe, expect, it } from "vitest";

import type { PointsChunk, VectorsChunk } from "../api/arrow";
import { SeriesStore } from "./store";
import { VectorStore } from "./vectors";

function points(steps: number[], value: number): PointsChunk {
  const same = Float32Array.from(steps, () => value);
  return { kind: "points", sequence: 1, step: Uint32Array.from(steps), series: Uint32Array.from(steps, () => 3), value: same, low: same, high: same } as unknown as PointsChunk;
}

function vectors(steps: number[], value: number): VectorsChunk {
  return {
    kind: "vectors",
    step: Uint32Array.from(steps),
    series: Uint32Array.from(steps, () => 9),
    offsets: Int32Array.from([...steps.keys(), steps.length]),
    values: Float32Array.from(steps, () => value),
  } as unknown as VectorsChunk;
}

describe("a run that was taken up again", () => {
  it("forgets points after the step, and takes those that come anew", () => {
    const store = new SeriesStore();
    store.add(points([1, 2, 3, 4], 1));
    store.replaceTail(points([5], 1));
    const { generation } = store.curve(3);
    store.rewind(2);
    expect([store.curve(3).lastStep, store.tail(3), store.curve(3).generation]).toEqual([2, null, generation + 1]);
    store.add(points([3, 4], 2));
    expect([...store.curve(3).value.subarray(0, store.curve(3).n)]).toEqual([1, 1, 2, 2]);
    store.rewind(9);
    expect(store.curve(3).generation).toBe(generation + 1);
  });

  it("forgets vectors after the step", () => {
    const store = new VectorStore();
    store.add(vectors([10, 20, 30], 1));
    store.rewind(20);
    store.add(vectors([30], 2));
    expect(store.series(9).steps).toEqual([10, 20, 30]);
    expect(store.series(9).at(30)![0]).toBe(2);
    expect(store.series(9).generation).toBe(1);
  });
});
