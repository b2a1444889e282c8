/** Whether a command shows in the run's state, or can no longer do so. */

import type { PlainCommand } from "../../api/runs";
import { type AppliedEvent, ENDED, type RunState } from "../../api/types";

/** What a later one takes the effect of. */
const MOVES: readonly string[] = ["pause", "resume", "step", "stop"] satisfies PlainCommand[];

/** Whether another command, from here or from elsewhere, has taken effect since `command`: its state may never be seen. */
export function overtaken(command: string, applied: readonly AppliedEvent[]): boolean {
  const at = applied.findIndex((event) => event.command_id === command);
  return at >= 0 && applied.slice(at + 1).some((event) => MOVES.includes(event.kind));
}

export function settled(kind: PlainCommand, state: RunState): boolean {
  if (ENDED.has(state)) return kind !== "resume" || state !== "interrupted";
  if (kind === "pause") return state === "paused";
  return kind === "resume" ? state !== "paused" && state !== "interrupted" : false;
}
