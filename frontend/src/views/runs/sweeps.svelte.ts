/** The newest sweeps, each one row, kept fresh while the list of runs is looked at. */

import { Problem } from "../../api/http";
import { listSweeps } from "../../api/sweeps";
import type { SweepSummary } from "../../api/types";

const COUNT = 20;
const FAST = 2000; // milliseconds, while one goes on
const SLOW = 10_000;

export class SweepList {
  sweeps: SweepSummary[] = $state.raw([]);

  /** Follows the server until the returned function is called. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const look = async () => {
      try {
        if (document.visibilityState === "visible") this.sweeps = (await listSweeps(COUNT)).sweeps;
      } catch (error) {
        if (!(error instanceof Problem)) throw error; // The list of runs says that the server is away.
      }
      const moving = this.sweeps.some((sweep) => sweep.state === "running" || sweep.state === "queued");
      if (!ended) timer = setTimeout(() => void look(), moving ? FAST : SLOW);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }
}
