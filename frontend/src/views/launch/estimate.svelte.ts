/** What the server says of a draft: its cost, and what is wrong with it. Asked a moment after the last change. */

import { Problem, request } from "../../api/http";
import type { FieldError } from "../../api/http";
import type { SweepRequest } from "../../api/sweeps";
import type { Estimated, SweepEstimated } from "../../api/types";
import { connection } from "../../shell/connection.svelte";

const PATIENCE = 250; // milliseconds

export class Estimate {
  /** Of the last draft that could be estimated. */
  value: Estimated | null = $state.raw(null);
  /** Of the last sweep that could be estimated. */
  sweep: SweepEstimated | null = $state.raw(null);
  errors: FieldError[] = $state.raw([]);
  /** A change is not answered yet. */
  pending: boolean = $state(false);
  /** The server did not answer at all. */
  unreachable: boolean = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;

  /** Asks soon; a later call takes the place of an earlier one. */
  ask(spec: unknown, axes: SweepRequest["axes"] | null = null): void {
    this.cancel();
    this.pending = true;
    this.#timer = setTimeout(() => void this.#send(spec, axes), PATIENCE);
  }

  /** Drops what was asked: the draft has mistakes that need no server. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.pending = false;
  }

  /** Takes what the server said to the draft when it was launched: an answer still under way knows less, and is dropped. */
  refuse(errors: FieldError[]): void {
    this.cancel();
    this.errors = errors;
  }

  async #send(spec: unknown, axes: SweepRequest["axes"] | null): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const value = await request<Estimated>("POST", "/runs/estimate", spec, abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
      let { refused } = value;
      if (axes !== null) {
        const sweep = { name: "", base: spec, axes };
        this.sweep = await request<SweepEstimated>("POST", "/sweeps/estimate", sweep, abort.signal);
        if (abort.signal.aborted) return;
        refused = this.sweep.refused;
      }
      this.errors = refused === null ? [] : errorsOf(refused.detail, refused.errors);
      this.unreachable = false;
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.unreachable = error.unreachable;
      if (error.unreachable) connection.failed();
      if (!error.unreachable) this.errors = errorsOf(error.message, error.errors);
    }
    this.pending = false;
  }
}

/** The errors of a problem; one without any is an error of the whole. */
function errorsOf(detail: string, errors: readonly FieldError[]): FieldError[] {
  return errors.length > 0 ? [...errors] : [{ path: "", message: detail, code: "refused" }];
}
