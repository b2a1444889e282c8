import { expect, it } from "vitest";

import type { AppliedEvent } from "../../api/types";
import { barMarks, widenedText } from "./marks";

it("the time bar marks checkpoints, interventions with a value, and schedules that were widened", () => {
  const applied = [
    { type: "applied", command_id: "a", kind: "set_learning_rate", step: 40, value: 0.5, arm: 1 },
    { type: "applied", command_id: "b", kind: "pause", step: 41, value: null, arm: null },
  ] as AppliedEvent[];
  const widened = [{ type: "schedule_widened" as const, step: 60, schedule: "landscape" as const, every: 200 }];
  const marks = barMarks({ checkpoints: [50], applied, widened, names: ["a", "b"] });
  expect(marks.map(({ kind, step }) => [kind, step])).toEqual([["checkpoint", 50], ["set_learning_rate", 40], ["schedule_widened", 60]]);
  expect(marks[1]!.text).toContain("b");
  expect(marks[2]!.text).toMatch(/landscape.*200.*budget/);
  expect(widenedText(widened[0]!, true)).toBe("from step 60: the landscape every 200 steps");
});
