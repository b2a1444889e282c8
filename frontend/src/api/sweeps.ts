/** The sweep endpoints, one function each. */

import { request } from "./http";
import type { SweepRecord, SweepSummary } from "./types";

export interface SweepPage {
  sweeps: SweepSummary[];
  /** Pass as `before` for the next page; null: this was the last. */
  next: number | null;
}

/** What is asked for: a run for each combination of the axes' values. */
export interface SweepRequest {
  name: string;
  base: unknown;
  axes: { field: string; values: unknown[] }[];
}

export const createSweep = (sweep: SweepRequest): Promise<SweepRecord> => request("POST", "/sweeps", sweep);
export const getSweep = (id: string, signal?: AbortSignal): Promise<SweepRecord> =>
  request("GET", `/sweeps/${encodeURIComponent(id)}`, undefined, signal);
export const listSweeps = (limit: number, before?: number): Promise<SweepPage> =>
  request("GET", `/sweeps?limit=${limit}${before === undefined ? "" : `&before=${before}`}`);
export const deleteSweep = (id: string): Promise<void> => request("DELETE", `/sweeps/${encodeURIComponent(id)}`);
export const stopSweep = (id: string): Promise<void> =>
  request("POST", `/sweeps/${encodeURIComponent(id)}/commands`, { kind: "stop" });
export const sweepReportUrl = (id: string): string => `/api/sweeps/${encodeURIComponent(id)}/export/report`;
