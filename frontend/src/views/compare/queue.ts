import type { RunRecord } from "../../api/types";

/** How many of `queued` were there before `run`. */
export function waitingBefore(run: Pick<RunRecord, "id" | "created_at">, queued: readonly Pick<RunRecord, "id" | "created_at">[]): number {
  return queued.filter((other) => other.id !== run.id && other.created_at < run.created_at).length;
}
