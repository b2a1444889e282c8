/** Deleting runs so that it can be undone: gone for the eye at once, for the server when nobody can undo it any more. */

import { Problem } from "../../api/http";
import { deleteRun } from "../../api/runs";
import type { RunRecord } from "../../api/types";
import { t } from "../../messages";
import { toasts } from "../../ui/toasts.svelte";

/** How long a deletion can be undone, in seconds. */
const UNDO = 7;

class Deletion {
  /** Ids of runs that no list shows any more. */
  doomed: ReadonlySet<string> = $state.raw(new Set());

  delete(run: RunRecord): void {
    this.doomed = new Set([...this.doomed, run.id]);
    toasts.show(t("runs.deleted", { name: run.name || t("runs.unnamed") }), {
      seconds: UNDO,
      action: { label: t("runs.undo"), run: () => this.#spare(run.id) },
      ongone: () => void this.#destroy(run.id),
    });
  }

  /** The page goes: what was deleted is deleted. */
  flush(): void {
    for (const id of this.doomed) void fetch(`/api/runs/${id}`, { method: "DELETE", keepalive: true });
  }

  async #destroy(id: string): Promise<void> {
    try {
      await deleteRun(id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 404) return; // Somebody else was faster.
      this.#spare(id);
      toasts.show(error.unreachable ? t("shell.away.title") : error.message, { tone: "failed" });
    }
  }

  #spare(id: string): void {
    this.doomed = new Set([...this.doomed].filter((one) => one !== id));
  }
}

export const deletion = new Deletion();
