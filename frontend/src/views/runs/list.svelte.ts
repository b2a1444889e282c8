/** The list of runs, kept fresh while it is looked at. */

import { Problem, request } from "../../api/http";
import { commandRun, type CommandKind, type RunPage } from "../../api/runs";
import type { RunRecord } from "../../api/types";
import { t } from "../../messages";
import { connection } from "../../shell/connection.svelte";
import { toasts } from "../../ui/toasts.svelte";
import { appended, type Filter, moving, refreshed, statesOf } from "./filter";

const FAST = 2000; // milliseconds, while something moves
const SLOW = 10_000;
/** How long a deletion can be undone, in seconds. */
const UNDO = 7;

export class RunList {
  runs: RunRecord[] = $state.raw([]);
  /** `before` of the next older page; null: there is none. */
  next: number | null = $state(null);
  loaded: boolean = $state(false);
  error: unknown = $state.raw(null);
  loadingOlder: boolean = $state(false);
  /** Deleted for the eye; the server is told when nobody can undo it any more. */
  doomed: ReadonlySet<string> = $state.raw(new Set());
  readonly shown = $derived(this.runs.filter((run) => !this.doomed.has(run.id)));

  #filter: Filter = "all";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
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
    const look = () => document.visibilityState === "visible" && void this.refresh();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pagehide", this.#flush);
    void this.refresh();
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("pagehide", this.#flush);
      clearTimeout(this.#timer);
      this.#asked += 1;
    };
  }

  async refresh(): Promise<void> {
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
      this.#refused(error);
    } finally {
      this.loadingOlder = false;
    }
  }

  async command(run: RunRecord, kind: CommandKind): Promise<void> {
    try {
      await commandRun(run.id, kind);
      await this.refresh();
    } catch (error) {
      this.#refused(error);
    }
  }

  delete(run: RunRecord): void {
    this.doomed = new Set([...this.doomed, run.id]);
    toasts.show(t("runs.deleted", { name: run.name }), {
      seconds: UNDO,
      action: { label: t("runs.undo"), run: () => this.#spare(run.id) },
      ongone: () => void this.#destroy(run.id),
    });
  }

  async #destroy(id: string): Promise<void> {
    if (!this.doomed.has(id)) return;
    try {
      await request("DELETE", `/runs/${id}`);
      this.runs = this.runs.filter((run) => run.id !== id);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) this.#refused(error);
    }
    this.#spare(id);
  }

  #spare(id: string): void {
    this.doomed = new Set([...this.doomed].filter((one) => one !== id));
  }

  /** The page goes: what was deleted is deleted. */
  #flush = (): void => {
    for (const id of this.doomed) void fetch(`/api/runs/${id}`, { method: "DELETE", keepalive: true });
    this.doomed = new Set();
  };

  #page(before: number | null): Promise<RunPage> {
    const query = new URLSearchParams({ limit: String(this.#size) });
    if (before !== null) query.set("before", String(before));
    for (const state of statesOf(this.#filter)) query.append("state", state);
    return request("GET", `/runs?${query}`);
  }

  #refused(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    if (error.unreachable) connection.failed();
    toasts.show(error.unreachable ? t("shell.away.title") : error.message, { tone: "failed" });
  }
}
