/** Deleting runs and sweeps so that it can be undone: gone for the eye at once, for the server when nobody can undo it any more. */

import { Problem } from "../../api/http";
import { deleteRun } from "../../api/runs";
import { deleteSweep } from "../../api/sweeps";
import { t } from "../../messages";
import { toasts } from "../../ui/toasts.svelte";

/** How long a deletion can be undone, in seconds. */
const UNDO = 7;

/** The API's name of what is deleted; a sweep goes with its cells. */
type Kind = "runs" | "sweeps";
interface Named {
  id: string;
  name: string;
}

const DESTROY: Readonly<Record<Kind, (id: string) => Promise<void>>> = { runs: deleteRun, sweeps: deleteSweep };

class Deletion {
  /** Ids of what no list shows any more. */
  doomed: ReadonlyMap<string, Kind> = $state.raw(new Map());

  delete(kind: Kind, { id, name }: Named): void {
    this.doomed = new Map([...this.doomed, [id, kind]]);
    toasts.show(t("runs.deleted", { name: name || t(kind === "runs" ? "runs.unnamed" : "sweep.unnamed") }), {
      seconds: UNDO,
      action: { label: t("runs.undo"), run: () => this.#spare(id) },
      ongone: () => void this.#destroy(kind, id),
    });
  }

  /** The page goes: what was deleted is deleted. */
  flush(): void {
    for (const [id, kind] of this.doomed) void fetch(`/api/${kind}/${id}`, { method: "DELETE", keepalive: true });
  }

  async #destroy(kind: Kind, id: string): Promise<void> {
    try {
      await DESTROY[kind](id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 404) return; // Somebody else was faster.
      this.#spare(id);
      toasts.show(error.unreachable ? t("shell.away.title") : error.message, { tone: "failed" });
    }
  }

  #spare(id: string): void {
    this.doomed = new Map([...this.doomed].filter(([one]) => one !== id));
  }
}

export const deletion = new Deletion();
