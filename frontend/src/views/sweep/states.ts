import type { SweepSummary } from "../../api/types";

/** Whether no cell will do anything more. */
export const over = (sweep: Pick<SweepSummary, "state">): boolean => sweep.state === "finished" || sweep.state === "stopped";
