import { expect, it } from "vitest";

import type { RunRecord } from "../../api/types";
import { statusOf } from "./status";

const run = { state: "running", step: 0, steps: 100, eta_seconds: null, ended_at: null } as RunRecord;

it("a run that was stopped before its first step prepares nothing any more", () => {
  expect(statusOf(run)).toBe("preparing");
  expect(statusOf({ ...run, state: "stopped", ended_at: 1 })).toBe("step 0 of 100");
});
