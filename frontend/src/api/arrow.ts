/** Chunks: Arrow IPC streams to typed arrays, without a copy where the stream holds one batch. */

import { type Column, type Table, tableFromIPC } from "@uwdata/flechette";

export interface ChunkInfo {
  kind: "points" | "vectors";
  run: string;
  /** Changes whenever stored sequences stop being continuable; only telemetry answers name it. */
  epoch: number;
  /** 0: the provisional tail. */
  sequence: number;
  firstStep: number;
  lastStep: number;
  /** Unix seconds at which `lastStep` ended. */
  time: number;
}

export interface PointsChunk extends ChunkInfo {
  kind: "points";
  step: Uint32Array;
  series: Uint32Array;
  value: Float32Array;
  low: Float32Array;
  high: Float32Array;
}

export interface VectorsChunk extends ChunkInfo {
  kind: "vectors";
  step: Uint32Array;
  series: Uint32Array;
  /** Row i is `values[offsets[i]]` up to `values[offsets[i + 1]]`. */
  offsets: Int32Array;
  values: Float32Array;
}

export type Chunk = PointsChunk | VectorsChunk;

/**
 * @throws Error the bytes are no chunk
 */
export function decode(bytes: Uint8Array | ArrayBuffer): Chunk {
  const table = tableFromIPC(bytes);
  const info = infoOf(table);
  const step = numbers(table, "step", Uint32Array);
  const series = numbers(table, "series", Uint32Array);
  if (info.kind === "vectors") {
    return { ...info, kind: "vectors", step, series, ...lists(table.getChild("value")) };
  }
  const value = numbers(table, "value", Float32Array);
  const low = numbers(table, "low", Float32Array);
  const high = numbers(table, "high", Float32Array);
  return { ...info, kind: "points", step, series, value, low, high };
}

function infoOf(table: Table): ChunkInfo {
  const metadata = table.schema.metadata ?? new Map<string, string>();
  const number = (key: string): number => Number(metadata.get(key) ?? 0);
  const kind = metadata.get("kind");
  if (kind !== "points" && kind !== "vectors") throw new Error(`expected a chunk of points or vectors, got ${kind}`);
  return {
    kind,
    run: metadata.get("run") ?? "",
    epoch: number("epoch"),
    sequence: number("sequence"),
    firstStep: number("first_step"),
    lastStep: number("last_step"),
    time: number("time"),
  };
}

type NumberArray = Uint32Array | Float32Array | Int32Array;

function numbers<T extends NumberArray>(table: Table, name: string, type: new (length: number) => T): T {
  const column = table.getChild(name) as Column<number> | null;
  if (column === null) throw new Error(`expected a column '${name}', got ${table.schema.fields.map((f) => f.name)}`);
  if (column.data.length === 1) {
    const { values, length } = column.data[0]!;
    if (!(values instanceof type)) throw new Error(`column '${name}' is not ${type.name}`);
    return values.length === length ? values : (values.subarray(0, length) as T);
  }
  const all = new type(column.length);
  let at = 0;
  for (const batch of column.data) {
    all.set((batch.values as NumberArray).subarray(0, batch.length) as never, at);
    at += batch.length;
  }
  return all;
}

function lists(column: Column<unknown> | null): { offsets: Int32Array; values: Float32Array } {
  if (column === null) throw new Error("expected a column 'value'");
  const offsets = new Int32Array(column.length + 1);
  const parts: Float32Array[] = [];
  let rows = 0;
  let length = 0;
  for (const batch of column.data) {
    const from = Number(batch.offsets[0] ?? 0);
    const to = Number(batch.offsets[batch.length] ?? 0);
    for (let i = 0; i < batch.length; i++) offsets[++rows] = Number(batch.offsets[i + 1]) - from + length;
    parts.push((batch.children[0]!.values as Float32Array).subarray(from, to));
    length += to - from;
  }
  if (parts.length === 1) return { offsets, values: parts[0]! };
  const values = new Float32Array(length);
  length = 0;
  for (const part of parts) {
    values.set(part, length);
    length += part.length;
  }
  return { offsets, values };
}
