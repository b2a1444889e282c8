// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { RunRecord } from "../../api/types";
import { router } from "../../router.svelte";
import { kept } from "./testing/kept.svelte";

const ID = "a".repeat(32);
const record = (step: number) =>
  ({ id: ID, state: "running", step, steps: 1000, version: step, spec: { arms: [{ name: "no norm", norm: { kind: "none" } }] } }) as unknown as RunRecord;

beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState(null, "", `/runs/${ID}?layer=2`);
  router.read();
});
afterEach(() => vi.useRealTimers());

/** Ten records a second, as a run that trains sends them. */
function train(model: ReturnType<typeof kept>["model"], from: number, to: number): void {
  for (let step = from; step <= to; step++) {
    model.record = record(step);
    flushSync();
    vi.advanceTimersByTime(100);
  }
}

it("says how a run is looked at while its records come in, and nothing takes back what was chosen", () => {
  const { model, leave } = kept(ID);
  train(model, 1, 1);
  expect(model.view.layer).toBe(2);
  model.look({ layer: 1 });
  train(model, 2, 10);
  expect(model.view.layer).toBe(1);
  expect(location.search).toBe("?layer=1");

  history.replaceState(null, "", `/runs/${ID}?layer=3`);
  router.read();
  flushSync();
  expect(model.view.layer).toBe(3);
  leave();
});
