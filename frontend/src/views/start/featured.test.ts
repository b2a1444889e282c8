import { expect, it } from "vitest";

import type { RunRecord, RunState } from "../../api/types";
import { featured } from "./featured";

const run = (id: string, state: RunState, step: number) => ({ id, state, step, spec: { evaluate_every: 100 } }) as RunRecord;

it("shows what moves, then what ended well, then what there is", () => {
  const stopped = run("stopped", "stopped", 200);
  const finished = run("finished", "finished", 400);
  expect(featured([stopped, finished, run("live", "running", 0)])!.id).toBe("live");
  expect(featured([stopped, finished])!.id).toBe("finished");
  expect(featured([stopped, run("queued", "queued", 0)])!.id).toBe("stopped");
  expect(featured([run("early", "finished", 99)])).toBeNull();
  expect(featured([])).toBeNull();
});
