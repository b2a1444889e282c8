import type { PointsChunk } from "../api/arrow";

/** A scalar chunk for tests; low and high are one below and above the value. */
export function chunk(rows: [series: number, step: number, value: number][], sequence = 1): PointsChunk {
  const value = Float32Array.from(rows, (row) => row[2]);
  return {
    kind: "points",
    run: "r",
    epoch: 1,
    sequence,
    firstStep: 0,
    lastStep: 0,
    time: 0,
    series: Uint32Array.from(rows, (row) => row[0]),
    step: Uint32Array.from(rows, (row) => row[1]),
    value,
    low: value.map((v) => v - 1),
    high: value.map((v) => v + 1),
  };
}
