/** Which runs the list shows, and how pages of it are put together. Pure. */

import type { RunRecord, RunState } from "../../api/types";

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
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return runs.filter((run) => {
    const hay = [run.name, run.spec.dataset.kind, ...run.spec.arms.map((arm) => arm.name)].join("\n").toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

/**
 * The newest page over what is loaded: of the time that the page spans only what it names is left (others were deleted
 * or are in another state now); what is older stays.
 */
export function refreshed(loaded: readonly RunRecord[], page: readonly RunRecord[], whole: boolean): RunRecord[] {
  const oldest = page.at(-1)?.created_at;
  const older = whole || oldest === undefined ? [] : loaded.filter((run) => run.created_at < oldest);
  return [...page, ...older];
}

/** An older page under what is loaded, no run twice. */
export function appended(loaded: readonly RunRecord[], page: readonly RunRecord[]): RunRecord[] {
  const known = new Set(loaded.map((run) => run.id));
  return [...loaded, ...page.filter((run) => !known.has(run.id))];
}
