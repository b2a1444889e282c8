/** Which runs the list shows, and how pages of it are put together. Pure. */

import type { RunRecord, RunState, SweepSummary } from "../../api/types";

export type Filter = "all" | "live" | "finished" | "other";

const STATES: Readonly<Record<Filter, readonly RunState[]>> = {
  all: [],
  live: ["queued", "starting", "running", "paused"],
  finished: ["finished"],
  other: ["stopped", "failed", "interrupted"],
};
const MOVING: ReadonlySet<RunState> = new Set<RunState>(["queued", "starting", "running"]);

export const FILTERS = Object.keys(STATES) as Filter[];

/** The states a filter asks the server for; none: every state. */
export function statesOf(filter: Filter): readonly RunState[] {
  return STATES[filter];
}

export function asFilter(text: string | null): Filter {
  return FILTERS.find((filter) => filter === text) ?? "all";
}

/** Whether the record of any of these changes by itself soon. */
export function moving(runs: readonly RunRecord[]): boolean {
  return runs.some((run) => MOVING.has(run.state));
}

/** Runs whose name, data set or networks contain every word. */
export function search(runs: readonly RunRecord[], text: string): RunRecord[] {
  return runs.filter((run) => holds([run.name, run.spec.dataset.kind, ...run.spec.arms.map((arm) => arm.name)], text));
}

/** Sweeps in a state of the filter whose name, networks or varied settings contain every word. */
export function searchSweeps(sweeps: readonly SweepSummary[], filter: Filter, text: string): SweepSummary[] {
  const states = statesOf(filter);
  return sweeps.filter(
    (sweep) =>
      (states.length === 0 || states.includes(sweep.state)) &&
      holds([sweep.name, ...sweep.arms, ...sweep.axes.map((axis) => axis.field)], text),
  );
}

function holds(texts: readonly string[], wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const hay = texts.join("\n").toLowerCase();
  return words.every((word) => hay.includes(word));
}

export type Row = { run: RunRecord; sweep?: never } | { sweep: SweepSummary; run?: never };

/** Runs and sweeps as one list, newest first. */
export function rowsOf(runs: readonly RunRecord[], sweeps: readonly SweepSummary[]): Row[] {
  const rows: Row[] = [...sweeps.map((sweep) => ({ sweep })), ...runs.map((run) => ({ run }))];
  const age = (row: Row) => (row.run ?? row.sweep!).created_at;
  return rows.sort((a, b) => age(b) - age(a));
}

interface Aged {
  id: string;
  created_at: number;
}

/**
 * The newest page over what is loaded: of the time that the page spans only what it names is left (others were deleted
 * or are in another state now); what is older stays.
 */
export function refreshed<T extends Aged>(loaded: readonly T[], page: readonly T[], whole: boolean): T[] {
  const oldest = page.at(-1)?.created_at;
  const older = whole || oldest === undefined ? [] : loaded.filter((run) => run.created_at < oldest);
  return [...page, ...older];
}

/** An older page under what is loaded, nothing twice. */
export function appended<T extends Aged>(loaded: readonly T[], page: readonly T[]): T[] {
  const known = new Set(loaded.map((run) => run.id));
  return [...loaded, ...page.filter((run) => !known.has(run.id))];
}
