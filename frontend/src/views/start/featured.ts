/** Which run the start page shows: one that is moving, else the newest that ended well, else one with something to see. */

import type { RunRecord } from "../../api/types";

export function featured(runs: readonly RunRecord[]): RunRecord | null {
  const visible = runs.filter((run) => run.step >= run.spec.evaluate_every);
  return (
    runs.find((run) => run.state === "running" || run.state === "starting") ??
    visible.find((run) => run.state === "finished") ??
    visible[0] ??
    null
  );
}
