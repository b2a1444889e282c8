/** A spec with instruments switched on. */

import type { RunSpec } from "../../api/types";

export const SCHEDULED = ["distributions", "details", "modes", "landscape", "noise"] as const;
/** What an instrument needs that is measured on a schedule of its own. */
export type Scheduled = (typeof SCHEDULED)[number];

/** Steps between observations of what costs little; what costs much is observed with every evaluation. */
const OFTEN = 10;

/** How often a run observes; 0: never. Runs of earlier versions do not say it of what came later. */
export function everyOf(spec: RunSpec | undefined, schedule: Scheduled): number {
  return spec?.probes[`${schedule}_every`] ?? 0;
}

/** `spec` with these switched on; one that is on already stays as it is. */
export function withSchedules(spec: RunSpec, schedules: readonly Scheduled[]): RunSpec {
  const probes = { ...spec.probes };
  for (const schedule of schedules) {
    const cheap = schedule === "distributions" || schedule === "details";
    probes[`${schedule}_every`] = everyOf(spec, schedule) || (cheap ? OFTEN : spec.evaluate_every);
  }
  return { ...spec, probes };
}

/** `modes,details` in an address; words that mean nothing are left out. */
export function readSchedules(text: string | null): Scheduled[] {
  const words = (text ?? "").split(",");
  return SCHEDULED.filter((schedule) => words.includes(schedule));
}
