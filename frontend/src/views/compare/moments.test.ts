import { describe, expect, it } from "vitest";

import type { AppliedEvent, RewoundEvent } from "../../api/types";
import { notesOf } from "./moments";

function applied(kind: AppliedEvent["kind"], step: number, value: number | null, arm: number | null = null): AppliedEvent {
  return { type: "applied", command_id: `${kind}${step}`, kind, step, value, arm };
}

function rewound(step: number): RewoundEvent {
  return { type: "rewound", step, attempt: 2, live: [] };
}

const names = ["no norm", "BatchNorm"];

describe("notes of what happened", () => {
  it("tell changed rates, extensions and where the run went on, in order of their steps", () => {
    const notes = notesOf({
      applied: [applied("pause", 5, null), applied("set_learning_rate", 300, 0.05), applied("extend", 100, 200), applied("set_speed", 7, 2)],
      rewound: [rewound(200)],
      names,
      arms: [0, 1],
    });
    expect(notes.map((note) => note.step)).toEqual([100, 200, 300]);
    expect(notes.map((note) => note.text)).toEqual(["+200 steps", "taken up again", "rate 0.05"]);
  });

  it("name the arm, and leave out arms that are hidden", () => {
    const changes = [applied("set_learning_rate", 10, 0.5, 0), applied("set_learning_rate", 10, 0.1, 1)];
    expect(notesOf({ applied: changes, rewound: [], names, arms: [1] })).toEqual([{ step: 10, text: "rate 0.1, BatchNorm" }]);
  });

  it("say once what was said last at a step, and of an extended run only that", () => {
    const changes = [applied("extend", 40, 60), applied("set_learning_rate", 40, 0.5), applied("set_learning_rate", 40, 0.2)];
    expect(notesOf({ applied: changes, rewound: [rewound(40)], names, arms: [0, 1] })).toEqual([{ step: 40, text: "+60 steps, rate 0.2" }]);
  });
});
