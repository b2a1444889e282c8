/** How far a run is, in a few words. */

import type { RunRecord } from "../../api/types";
import { t } from "../../messages";
import { duration } from "../../ui/format";

export function statusOf(run: RunRecord): string {
  if (run.state === "finished") return t("runs.steps", { steps: run.step });
  if (run.state === "queued") return t("runs.waiting");
  if (run.state === "starting" || (run.step === 0 && run.ended_at === null)) return t("runs.preparing");
  if (run.state === "running" && run.eta_seconds !== null) return t("runs.left", { time: duration(run.eta_seconds) });
  return t("runs.at_step", { step: run.step, steps: run.steps });
}
