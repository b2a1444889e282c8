/** Whether a command shows in the run's state, or can no longer do so. */

import type { PlainCommand } from "../../api/runs";
import { ENDED, type RunState } from "../../api/types";

export function settled(kind: PlainCommand, state: RunState): boolean {
  if (ENDED.has(state)) return kind !== "resume" || state !== "interrupted";
  if (kind === "pause") return state === "paused";
  return kind === "resume" ? state !== "paused" && state !== "interrupted" : false;
}
