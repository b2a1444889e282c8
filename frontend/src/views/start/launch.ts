/** From the start page to a running comparison in one click. */

import { Problem } from "../../api/http";
import { createRun } from "../../api/runs";
import type { RunSpec } from "../../api/types";
import { t } from "../../messages";
import { navigate } from "../../router.svelte";
import { toasts } from "../../ui/toasts.svelte";

/** Launches and goes there; where the server refuses, says why and stays. */
export async function launchNow(spec: RunSpec): Promise<void> {
  try {
    const run = await createRun(spec);
    navigate(`/runs/${run.id}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = error.unreachable ? t("shell.away.title") : t("launch.failed", { reason: error.message });
    toasts.show(text, { tone: "failed", seconds: 12 });
  }
}
