/** A sweep, followed while it is looked at. */

import { Problem } from "../../api/http";
import { source } from "../../api/source";
import { getSweep } from "../../api/sweeps";
import type { SweepRecord } from "../../api/types";
import { connection } from "../../shell/connection.svelte";
import { over } from "./states";

const FAST = 400; // milliseconds, while cells train
const SLOW = 5000;

export class SweepModel {
  record: SweepRecord | null = $state.raw(null);
  error: unknown = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(readonly id: string) {}

  get over(): boolean {
    return this.record !== null && over(this.record);
  }

  /** Follows the server until the returned function is called. */
  follow(): () => void {
    const look = () => document.visibilityState === "visible" && void this.refresh();
    document.addEventListener("visibilitychange", look);
    void this.refresh();
    return () => {
      this.#ended = true;
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", look);
    };
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const record = await getSweep(this.id);
      if (this.#ended) return;
      const same = this.record !== null && record.version === this.record.version && record.state === this.record.state;
      if (!same) this.record = record;
      this.error = null;
      connection.answered();
    } catch (error) {
      if (this.#ended) return;
      if (!(error instanceof Problem)) throw error;
      this.error = error;
      if (error.unreachable) connection.failed();
      if (error.status === 404) {
        this.record = null; // Deleted, here or elsewhere: it does not come back.
        return;
      }
    }
    if (!source.live) return;
    const pause = this.over ? SLOW : FAST;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => document.visibilityState === "visible" && void this.refresh(), pause);
  }
}
