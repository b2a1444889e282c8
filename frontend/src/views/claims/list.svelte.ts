/** All claims with their newest trials, followed while they are looked at. */

import { Problem } from "../../api/http";
import { listClaims } from "../../api/claims";
import type { ClaimSummary, TrialRecord } from "../../api/types";

const FAST = 1000; // milliseconds, while a trial runs
const SLOW = 15_000;

export function underWay(trial: TrialRecord | null): boolean {
  return trial !== null && (trial.state === "queued" || trial.state === "running");
}

export class ClaimCatalog {
  claims: ClaimSummary[] | null = $state.raw(null);
  error: Problem | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** Follows the server until the returned function is called. */
  follow(): () => void {
    void this.refresh();
    return () => {
      this.#ended = true;
      clearTimeout(this.#timer);
    };
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const { claims } = await listClaims();
      this.claims = claims;
      this.error = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.error = error;
    }
    if (this.#ended) return;
    const moving = this.claims?.some((claim) => underWay(claim.trial) || underWay(claim.counter_trial)) ?? false;
    this.#timer = setTimeout(() => void this.refresh(), moving ? FAST : SLOW);
  }
}
