/** What a run can be told from its page, and what of it is still under way. */

import { Problem } from "../../api/http";
import { type CommandRequest, commandRun, type PlainCommand } from "../../api/runs";
import type { AppliedEvent, RunRecord } from "../../api/types";
import { t } from "../../messages";
import { toasts } from "../../ui/toasts.svelte";
import { overtaken, settled } from "./pending";

/** Steps per second that are offered; null: as fast as possible. */
export const PACES: readonly (number | null)[] = [1, 2, 5, 20, 100, null];

export class Steering {
  /** The last one; `id` is the server's, empty until it has answered. */
  private asked: { kind: PlainCommand; id: string } | null = $state.raw(null);

  constructor(
    private readonly record: () => RunRecord,
    /** Commands that took effect, in order. */
    private readonly applied: () => readonly AppliedEvent[],
  ) {}

  /** A command under way, until the record shows it. */
  get pending(): PlainCommand | null {
    const { asked } = this;
    return asked === null || settled(asked.kind, this.record().state) || overtaken(asked.id, this.applied()) ? null : asked.kind;
  }

  async tell(wanted: CommandRequest, done?: string): Promise<void> {
    const { kind } = wanted;
    const waits = kind === "pause" || kind === "resume" || kind === "stop";
    if (waits) this.asked = { kind, id: "" };
    try {
      const { command_id: id } = await commandRun(this.record().id, wanted);
      if (waits) this.asked = { kind, id };
      if (done !== undefined) toasts.show(done);
    } catch (error) {
      this.asked = null;
      complain(error);
    }
  }

  /** P pauses and resumes, a full stop makes one step. */
  key(event: KeyboardEvent): void {
    const { state } = this.record();
    const action = keyCommand(event.key, state);
    if (action === null || this.pending !== null) return;
    event.preventDefault();
    void this.tell({ kind: action });
  }
}

export function keyCommand(key: string, state: RunRecord["state"]): PlainCommand | null {
  if (key.toLowerCase() === "p") return state === "running" ? "pause" : state === "paused" ? "resume" : null;
  if (key === ".") return state === "running" || state === "paused" ? "step" : null;
  return null;
}

export function complain(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  toasts.show(error.unreachable ? t("compare.unreachable") : error.message, { tone: "failed" });
}
