/** The list of runs, kept fresh while it is looked at. */

import { Problem, request } from "../../api/http";
import { commandRun, type PlainCommand, type RunPage } from "../../api/runs";
import type { RunRecord } from "../../api/types";
import { connection } from "../../shell/connection.svelte";
import { deletion } from "./deletion.svelte";
import { appended, type Filter, moving, refreshed, statesOf } from "./filter";
import { refused } from "./refused";

const FAST = 2000; // milliseconds, while something moves
const SLOW = 10_000;

export class RunList {
  runs: RunRecord[] = $state.raw([]);
  /** `before` of the next older page; null: there is none. */
  next: number | null = $state(null);
  loaded: boolean = $state(false);
  error: unknown = $state.raw(null);
  loadingOlder: boolean = $state(false);
  readonly shown = $derived(this.runs.filter((run) => !deletion.doomed.has(run.id)));

  #filter: Filter = "all";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #followed = false;
  #size: number;
  #older = false;

  constructor(size = 50) {
    this.#size = size;
  }

  /** Follows the server until the returned function is called. */
  follow(filter: Filter): () => void {
    if (filter !== this.#filter) this.loaded = false;
    this.#filter = filter;
    this.#older = false;
    this.#followed = true;
    const look = () => document.visibilityState === "visible" && void this.refresh();
    document.addEventListener("visibilitychange", look);
    void this.refresh();
    return () => {
      document.removeEventListener("visibilitychange", look);
      clearTimeout(this.#timer);
      this.#asked += 1;
      this.#followed = false;
    };
  }

  async refresh(): Promise<void> {
    if (!this.#followed) return; // A command was answered when the page was left.
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    try {
      const page = await this.#page(null);
      if (asked !== this.#asked) return;
      this.runs = this.loaded ? refreshed(this.runs, page.runs, page.next === null) : page.runs;
      if (!this.#older || page.next === null) this.next = page.next;
      this.loaded = true;
      this.error = null;
      connection.answered();
    } catch (error) {
      if (asked !== this.#asked) return;
      this.error = error;
      if (error instanceof Problem && error.unreachable) connection.failed();
    }
    const pause = moving(this.runs) || this.error !== null ? FAST : SLOW;
    this.#timer = setTimeout(() => document.visibilityState === "visible" && void this.refresh(), pause);
  }

  async older(): Promise<void> {
    if (this.next === null || this.loadingOlder) return;
    this.loadingOlder = true;
    const filter = this.#filter;
    try {
      const page = await this.#page(this.next);
      if (filter !== this.#filter) return;
      this.#older = true;
      this.runs = appended(this.runs, page.runs);
      this.next = page.next;
    } catch (error) {
      refused(error);
    } finally {
      this.loadingOlder = false;
    }
  }

  async command(run: RunRecord, kind: PlainCommand): Promise<void> {
    try {
      await commandRun(run.id, { kind });
      await this.refresh();
    } catch (error) {
      refused(error);
    }
  }

  #page(before: number | null): Promise<RunPage> {
    const query = new URLSearchParams({ limit: String(this.#size) });
    if (before !== null) query.set("before", String(before));
    for (const state of statesOf(this.#filter)) query.append("state", state);
    return request("GET", `/runs?${query}`);
  }
}
