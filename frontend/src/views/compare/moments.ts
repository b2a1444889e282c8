/** What happened to a run while it trained, as short notes for the charts over time. */

import type { AppliedEvent, RewoundEvent } from "../../api/types";
import { t } from "../../messages";
import type { Note } from "../../plots/figure";
import { cut } from "../../plots/labels";
import { short } from "../../ui/format";

export interface Moments {
  applied: readonly AppliedEvent[];
  rewound: readonly RewoundEvent[];
  names: readonly string[];
  /** Arms that are shown. */
  arms: readonly number[];
}

/** Changed learning rates of shown arms, extensions, and where the run was taken up again; one note for each step. */
export function notesOf({ applied, rewound, names, arms }: Moments): Note[] {
  const found = new Map<number, Map<string, string>>();
  const note = (step: number, key: string, text: string): void => {
    const there = found.get(step) ?? new Map<string, string>();
    found.set(step, there.set(key, text));
  };
  for (const { step } of rewound) note(step, "rewound", t("compare.note.rewound"));
  for (const { kind, step, value, arm } of applied) {
    if (value === null || (arm !== null && !arms.includes(arm))) continue;
    if (kind === "extend") {
      found.get(step)?.delete("rewound"); // an ended run is taken up again to be extended
      note(step, kind, t("compare.note.extend", { value: short(value) }));
    } else if (kind === "set_learning_rate") {
      const text = arm === null ? "compare.note.set_learning_rate" : "compare.note.set_learning_rate_arm";
      note(step, `${kind} ${arm}`, t(text, { value: short(value), arm: cut(names[arm ?? 0] ?? "", 12) }));
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([step, texts]) => ({ step, text: [...texts.values()].join(", ") }));
}
