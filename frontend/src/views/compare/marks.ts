/** Moments on the time bar: checkpoints, where somebody intervened, and where the run began to measure less often. */

import type { AppliedEvent, ScheduleWidenedEvent } from "../../api/types";
import { t } from "../../messages";
import { integer, short } from "../../ui/format";

export interface BarMark {
  kind: "checkpoint" | "set_learning_rate" | "extend" | "schedule_widened";
  step: number;
  text: string;
}

export interface Marked {
  checkpoints: readonly number[];
  applied: readonly AppliedEvent[];
  widened: readonly ScheduleWidenedEvent[];
  names: readonly string[];
}

export function barMarks({ checkpoints, applied, widened, names }: Marked): BarMark[] {
  return [
    ...checkpoints.map((step): BarMark => ({ kind: "checkpoint", step, text: t("compare.mark.checkpoint", { step: integer(step) }) })),
    ...applied.flatMap(({ kind, step, value, arm }): BarMark[] =>
      (kind === "set_learning_rate" || kind === "extend") && value !== null
        ? [{ kind, step, text: t(`compare.mark.${kind}`, { step: integer(step), value: short(value), arm: names[arm ?? -1] ?? t("compare.mark.all") }) }]
        : [],
    ),
    ...widened.map((event): BarMark => ({ kind: "schedule_widened", step: event.step, text: widenedText(event) })),
  ];
}

/** A changed schedule in words: by itself, or shorter, as a line of a list that says why. */
export function widenedText({ step, schedule, every }: ScheduleWidenedEvent, listed = false): string {
  const words = { step: integer(step), schedule: t(`compare.mark.schedule.${schedule}`), every: integer(every) };
  return t(`compare.mark.schedule_${listed ? "change" : "widened"}`, words);
}
