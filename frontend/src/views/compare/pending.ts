/** Whether a command shows in the run's state, or can no longer do so. */

import type { CommandKind } from "../../api/runs";
import { ENDED, type RunState } from "../../api/types";

export function settled(kind: CommandKind, state: RunState): boolean {
  if (ENDED.has(state)) return true;
  if (kind === "pause") return state === "paused";
  return kind === "resume" ? state === "running" : false;
}
