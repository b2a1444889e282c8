import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Estimate } from "./estimate.svelte";

const COST = { seconds: 12, networks: 2, parameters: [10, 12], steps_per_epoch: 5, epochs: 2, refused: null };
let asked: unknown[];
let answer: () => Response;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    asked.push(JSON.parse(init.body as string));
    return Promise.resolve(answer());
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });

it("asks once, a moment after the last change", async () => {
  answer = () => json(COST);
  const estimate = new Estimate();
  for (const steps of [1, 2, 3]) {
    estimate.ask({ steps });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(estimate.pending).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(asked).toEqual([{ steps: 3 }]);
  expect(estimate.value!.seconds).toBe(12);
  expect(estimate.pending).toBe(false);
});

it("keeps the last cost and takes the server's complaints", async () => {
  answer = () => json(COST);
  const estimate = new Estimate();
  estimate.ask({});
  await vi.advanceTimersByTimeAsync(300);
  const errors = [{ path: "arms.1.norm.groups", message: "expected a divisor of 100, got 7", code: "spec" }];
  answer = () => json({ type: "t", title: "Unprocessable", status: 422, detail: "one field", errors }, 422);
  estimate.ask({});
  await vi.advanceTimersByTimeAsync(300);
  expect(estimate.errors).toEqual(errors);
  expect(estimate.value!.seconds).toBe(12);
});

it("says a refusal without a field of the whole", async () => {
  answer = () => json({ ...COST, refused: { detail: "too long", errors: [] } });
  const estimate = new Estimate();
  estimate.ask({});
  await vi.advanceTimersByTimeAsync(300);
  expect(estimate.errors).toEqual([{ path: "", message: "too long", code: "refused" }]);
});

it("drops what was asked where the draft has mistakes", async () => {
  const estimate = new Estimate();
  estimate.ask({});
  estimate.cancel();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  expect(estimate.pending).toBe(false);
});

it("lets no late answer wipe out why a launch was refused", async () => {
  answer = () => json(COST);
  const estimate = new Estimate();
  estimate.ask({});
  const errors = [{ path: "arms.0.norm", message: "expected BatchNorm", code: "refused" }];
  estimate.refuse(errors);
  await vi.advanceTimersByTimeAsync(1000);
  expect(estimate.errors).toEqual(errors);
  expect(estimate.pending).toBe(false);
});
