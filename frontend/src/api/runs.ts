/** The run endpoints, one function each. */

import { bytes, request, send } from "./http";
import type { Manifest, NumberedEvent, RunRecord, RunSpec } from "./types";

export interface RunPage {
  runs: RunRecord[];
  /** Pass as `before` for the next page; null: this was the last. */
  next: number | null;
}

export interface Window {
  /** Of each series, at most. */
  points?: number;
  /** Of all series together, at most. */
  total?: number;
  fromStep?: number;
  toStep?: number;
  series?: readonly number[];
}

export type PlainCommand = "pause" | "resume" | "stop" | "step";
/** The parent's step, the new run, the parent's arm for each of its arms, and what an inserted norm starts with. */
export interface ForkRequest {
  step: number | null;
  spec: RunSpec;
  sources: number[];
  inserted_norms: "fresh" | "identity";
}
export type CommandRequest =
  | { kind: PlainCommand }
  | { kind: "extend"; steps: number }
  | { kind: "set_learning_rate"; value: number; arm: number | null }
  | { kind: "set_speed"; steps_per_second: number | null };
export type CommandKind = CommandRequest["kind"];

export const createRun = (spec: RunSpec): Promise<RunRecord> => request("POST", "/runs", spec);
export const forkRun = (id: string, wanted: ForkRequest): Promise<RunRecord> =>
  request("POST", `/runs/${encodeURIComponent(id)}/fork`, wanted);
export const getRun = (id: string, signal?: AbortSignal): Promise<RunRecord> =>
  request("GET", `/runs/${encodeURIComponent(id)}`, undefined, signal);
export const deleteRun = (id: string): Promise<void> => request("DELETE", `/runs/${encodeURIComponent(id)}`);
export const commandRun = (id: string, wanted: CommandRequest): Promise<{ command_id: string }> =>
  request("POST", `/runs/${encodeURIComponent(id)}/commands`, wanted);
export const getManifest = (id: string): Promise<{ manifest: Manifest | null; fairness: unknown }> =>
  request("GET", `/runs/${encodeURIComponent(id)}/manifest`);
export const getEvents = (id: string): Promise<{ epoch: number; sequence: number; events: NumberedEvent[] }> =>
  request("GET", `/runs/${encodeURIComponent(id)}/events`);
export const getTelemetry = (id: string, window: Window): Promise<Uint8Array> =>
  bytes(`/runs/${encodeURIComponent(id)}/telemetry${queryOf(window)}`);
export const getVectors = (id: string, window: Window): Promise<Uint8Array> =>
  bytes(`/runs/${encodeURIComponent(id)}/vectors${queryOf(window)}`);

export function listRuns(options: { limit?: number; before?: number; state?: string } = {}): Promise<RunPage> {
  const query = new URLSearchParams();
  if (options.limit !== undefined) query.set("limit", String(options.limit));
  if (options.before !== undefined) query.set("before", String(options.before));
  if (options.state !== undefined) query.set("state", options.state);
  const text = query.toString();
  return request("GET", `/runs${text ? `?${text}` : ""}`);
}

export type ExportFormat = "csv" | "parquet" | "arrow" | "script" | "report" | "replay";

/**
 * The address of a run as a file, for the browser to save.
 *
 * @throws Problem where the server refuses to write it: a browser that is sent there shows its JSON
 */
export async function exportUrl(id: string, format: ExportFormat): Promise<string> {
  const path = `/runs/${encodeURIComponent(id)}/export/${format}`;
  await send("GET", `${path}/check`);
  return `/api${path}`;
}

export function streamUrl(id: string, at: { epoch: number; after: number } | null, base: string | URL): string {
  const url = new URL(`/api/runs/${encodeURIComponent(id)}/stream`, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (at !== null) {
    url.searchParams.set("epoch", String(at.epoch));
    url.searchParams.set("after", String(at.after));
  }
  return url.href;
}

function queryOf(window: Window): string {
  const query = new URLSearchParams();
  if (window.points !== undefined) query.set("points", String(window.points));
  if (window.total !== undefined) query.set("total", String(window.total));
  if (window.fromStep !== undefined) query.set("from_step", String(window.fromStep));
  if (window.toStep !== undefined) query.set("to_step", String(window.toStep));
  if (window.series !== undefined) query.set("series", window.series.join(","));
  const text = query.toString();
  return text ? `?${text}` : "";
}
