/** Which run the start page shows: one that is moving, else the newest with something to see. */

import type { RunRecord } from "../../api/types";

export function featured(runs: readonly RunRecord[]): RunRecord | null {
  const live = runs.find((run) => run.state === "running" || run.state === "starting");
  return live ?? runs.find((run) => run.step >= run.spec.evaluate_every) ?? null;
}
