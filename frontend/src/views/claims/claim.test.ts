// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Claim, TrialRecord } from "../../api/types";
import { ClaimModel } from "./claim.svelte";

const trial = (id: string, state: TrialRecord["state"]) => ({ id, state, claim: "speed", experiment: "main", runs: [] }) as unknown as TrialRecord;
const claim = (newest: TrialRecord | null) => ({ id: "speed", larger: [], trial: newest, counter_trial: null }) as unknown as Claim;

/** Requests under way, by method and address; answered when the test wants it. */
let waiting: Map<string, (body: unknown) => Promise<void>>;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  waiting = new Map();
  vi.stubGlobal("fetch", (url: string, init: { method?: string } = {}) => {
    return new Promise((done) => {
      waiting.set(`${init.method ?? "GET"} ${url}`, async (body) => {
        done(new Response(JSON.stringify(body)));
        await vi.advanceTimersByTimeAsync(0);
      });
    });
  });
});

afterEach(() => {
  leave();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function answer(request: string, body: unknown): Promise<void> {
  const asked = waiting.get(request);
  expect([...waiting.keys()]).toContain(request);
  waiting.delete(request);
  await asked!(body);
}

it("a late answer about a trial does not take the place of the one that was launched after it", async () => {
  const model = new ClaimModel("speed");
  leave = model.follow();
  await answer("GET /api/claims/speed", claim(trial("old", "running")));
  await vi.advanceTimersByTimeAsync(500);
  const late = waiting.get("GET /api/trials/old")!;

  const stopped = model.stop(model.trials.main!);
  await answer("POST /api/trials/old/commands", {});
  await answer("GET /api/trials/old", trial("old", "stopped"));
  await stopped;
  const launched = model.launch("main");
  await answer("POST /api/claims/speed/runs", trial("new", "queued"));
  await launched;
  await late(trial("old", "running"));
  expect(model.trials.main!.id).toBe("new");

  await vi.advanceTimersByTimeAsync(500);
  await answer("GET /api/trials/new", trial("new", "running"));
  expect(model.trials.main!.state).toBe("running");
});
