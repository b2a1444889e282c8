/** The sweeps, each one row, kept fresh while the list of runs is looked at. */

import { Problem } from "../../api/http";
import { listSweeps } from "../../api/sweeps";
import type { SweepSummary } from "../../api/types";
import { deletion } from "./deletion.svelte";
import { appended, refreshed } from "./filter";
import { refused } from "./refused";

const COUNT = 20;
const FAST = 2000; // milliseconds, while one goes on
const SLOW = 10_000;

export class SweepList {
  sweeps: SweepSummary[] = $state.raw([]);
  /** `before` of the next older page; null: there is none. */
  next: number | null = $state(null);
  readonly shown = $derived(this.sweeps.filter((sweep) => !deletion.doomed.has(sweep.id)));
  #older = false;
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
      if (document.visibilityState === "visible") {
        const page = await listSweeps(COUNT);
        this.sweeps = refreshed(this.sweeps, page.sweeps, page.next === null);
        if (!this.#older || page.next === null) this.next = page.next;
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // The list of runs says that the server is away.
    }
    const moving = this.sweeps.some((sweep) => sweep.state === "running" || sweep.state === "queued");
    if (!this.#ended) this.#timer = setTimeout(() => void this.refresh(), moving ? FAST : SLOW);
  }

  async older(): Promise<void> {
    if (this.next === null) return;
    try {
      const page = await listSweeps(COUNT, this.next);
      this.#older = true;
      this.sweeps = appended(this.sweeps, page.sweeps);
      this.next = page.next;
    } catch (error) {
      refused(error);
    }
  }
}
