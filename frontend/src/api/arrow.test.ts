import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { type ChunkInfo, decode } from "./arrow";

const at = (name: string) => fileURLToPath(new URL(`../../../tests/golden/${name}`, import.meta.url));
const read = (name: string) => new Uint8Array(readFileSync(at(name)));
const expected = JSON.parse(readFileSync(at("expected.json"), "utf8")) as {
  chunk: { info: ChunkInfo } & Record<"step" | "series" | "value" | "low" | "high", (number | string)[]>;
  vectors: { info: ChunkInfo; step: number[]; series: number[]; value: (number | string)[][] };
};

describe("golden chunks", () => {
  it("decodes points, NaN and infinity among them", () => {
    const chunk = decode(read("chunk.arrow"));
    expect(chunk).toMatchObject(expected.chunk.info);
    if (chunk.kind !== "points") throw new Error("not points");
    for (const name of ["step", "series", "value", "low", "high"] as const) {
      expect(Array.from(chunk[name])).toEqual(expected.chunk[name].map(Number));
    }
  });

  it("takes typed arrays out of the buffer without a copy", () => {
    const bytes = read("chunk.arrow");
    const chunk = decode(bytes.buffer);
    expect(chunk.step.buffer).toBe(bytes.buffer);
  });

  it("decodes vectors of different lengths", () => {
    const chunk = decode(read("vectors.arrow"));
    expect(chunk).toMatchObject(expected.vectors.info);
    if (chunk.kind !== "vectors") throw new Error("not vectors");
    expect(Array.from(chunk.step)).toEqual(expected.vectors.step);
    expect(Array.from(chunk.series)).toEqual(expected.vectors.series);
    const rows = Array.from(chunk.step, (_, i) => Array.from(chunk.values.slice(chunk.offsets[i], chunk.offsets[i + 1])));
    expect(rows).toEqual(expected.vectors.value.map((row) => row.map(Number)));
  });

  it("refuses what is no chunk", () => {
    expect(() => decode(new Uint8Array([1, 2, 3]))).toThrow();
  });
});
