/** How each state looks: a colour (`--state-<tone>`), an icon, and a word under `shell.state.<state>`. */

import type { IconName } from "./icons";

export type ShownState =
  | "queued"
  | "starting"
  | "running"
  | "paused"
  | "finished"
  | "stopped"
  | "failed"
  | "interrupted"
  | "diverged"
  | "stuck";

export const STATES: Readonly<Record<ShownState, { tone: string; icon: IconName }>> = {
  queued: { tone: "idle", icon: "clock" },
  starting: { tone: "running", icon: "bolt" },
  running: { tone: "running", icon: "play" },
  paused: { tone: "paused", icon: "pause" },
  finished: { tone: "finished", icon: "check" },
  stopped: { tone: "idle", icon: "stop" },
  failed: { tone: "failed", icon: "cross" },
  interrupted: { tone: "paused", icon: "unlink" },
  diverged: { tone: "diverged", icon: "burst" },
  stuck: { tone: "idle", icon: "warning" },
};
