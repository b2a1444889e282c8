// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { RUN, smallSpec } from "../../form/testing/schema";
import { Draft } from "./draft.svelte";
import { open } from "./source";

let answer: (body: unknown) => void;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.stubGlobal("fetch", () => new Promise((done) => (answer = (body) => done(new Response(JSON.stringify(body))))));
});
afterEach(() => vi.unstubAllGlobals());

it.each(["from", "fork"])("the run that the address named (%s) leaves the draft alone when the address has changed", async (how) => {
  const draft = new Draft(RUN);
  draft.begin({ ...smallSpec(), name: "another" });
  const left = new AbortController();
  const opened = open(draft, new URLSearchParams({ [how]: "ab" }), left.signal);
  left.abort();
  answer({ id: "ab", name: "late", spec: { ...smallSpec(), name: "late" }, steps: 10, checkpoints: [{ step: 5, kind: "end", bytes: 1 }] });
  await opened;
  expect(draft.spec["name"]).toBe("another");
});
