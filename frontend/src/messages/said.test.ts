import { afterEach, expect, it, vi } from "vitest";

import korean from "./ko/problem.json";
import { parameters } from "./fill";
import { said } from "./said";

const ID = "0f8fad5bd9cb469fa16570867728950e";
/** As the server says them (server/limits.py, core/cost.py, storage/commands.py, ...). */
const SENTENCES = [
  "expected at most 60 launches an hour from one address, got 61: try again in 12 minutes",
  "expected at most 12 runs that wait or train at the same time, got 13: wait for one to end, or stop one",
  "expected at most 20 open rooms, got one more: try again later",
  "no room has the code 'ABCDE', or not any more",
  "expected an estimated duration of at most 2 minutes, got 3.41 hours: reduce the steps, seeds, arms, widths or batch size, or evaluate less often",
  "expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size",
  "expected at most 50 MB of telemetry, got an estimated 1,200 MB: reduce the seeds, arms or layers, or measure distributions less often",
  "cannot set the learning rate: the run is stopping",
  "cannot pause: the run is finished",
  "cannot extend: the run has ended and left no checkpoint",
  "cannot stop: all cells have ended",
  "cannot stop: all runs of the trial have ended",
  "cannot set the learning rate: expected an arm from 0 to 1, got 3",
  "cannot extend: expected at most 1000000 steps in all, got 1000001",
  "cannot extend: expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size",
  "3 fields are not as expected.",
  "2 fields cannot be combined like this.",
  "expected a body of at most 1,000,000 bytes, got 1,000,001 or more",
  "the server made a mistake; its log says more",
  "the token is not this room's",
];

/** Sentences with a name in them that is the same in every language. */
const NAMED = [
  `no run has the id '${ID}'`,
  `no sweep has the id '${ID}'`,
  `no trial has the id '${ID}'`,
  "expected the id or number of a claim (speed, scale), got 'taste'",
  "expected the built pages, got none: `make static` builds them",
  "nothing is at /api/nowhere",
  "/api/runs does not answer to PUT",
  "expected the Origin of this server, got 'http://elsewhere': list it in NORMSCOPE_ORIGINS to allow it",
  "expected a Host of this machine (localhost, 127.0.0.1), got 'elsewhere': to serve under that name, list its origin in NORMSCOPE_ORIGINS",
];

const SCRIPT = "expected a run that a script can repeat from its spec alone, got one";
/** Exports that are refused (storage/script.py, routes/export.py), and how the page says it. */
const REFUSED = [
  [`${SCRIPT} that goes on from step 1,040 of another run, whose networks it has not`, "no script repeats this run: it goes on from step 1,040 of another run, whose networks a script does not have"],
  [`${SCRIPT} on a CUDA device, whose draws and rounding a CPU does not repeat`, "no script repeats this run: it is one on a CUDA device, whose draws and rounding a CPU does not repeat"],
  [`${SCRIPT} that was told so while it ran: its learning rate was changed after step 20`, "no script repeats this run: its learning rate was changed after step 20"],
  [`${SCRIPT} that was told so while it ran: steps were added after step 20`, "no script repeats this run: steps were added after step 20"],
  ["expected a run that has measured something, got one that has not yet", "there is nothing to export yet: the run has not measured anything"],
] as const;

afterEach(() => {
  vi.doUnmock("./language");
  vi.resetModules();
});

it.each([...SENTENCES, ...NAMED])("English stays as the server says it: %s", (sentence) => {
  expect(said(sentence)).toBe(sentence);
});

it.each([
  ["cannot resume: the run is running, not paused", "cannot resume: the run is running"],
  [`run ${ID} is running: stop it before you delete it`, "the run is running: stop it before you delete it"],
  [`run ${ID} has no checkpoint to fork from: pause it, or wait for its first`, "the run has no checkpoint to fork from: pause it, or wait for its first"],
  ["25 cells: expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size, or take fewer values", "25 cells: expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size, or take fewer values"],
  [`run ${ID} has no checkpoint at step 40 any more`, "the run has no checkpoint at step 40 any more"],
  ["expected a step with a checkpoint (20, 40), got 30: the nearest below is 20", "expected a step with a checkpoint (20, 40), got 30"],
  [`trial ${ID} is of the claim 'taste' (main), which this version does not have`, "the trial is of the claim 'taste' (main), which this version does not have"],
  ["expected a claim that was tried, got one that was not yet", "there is no report yet: the claim was not tried"],
  [`run ${ID} was compacted while it was exported: try again`, "the run was compacted while it was exported: try again"],
  [`run ${ID} has stored nothing yet`, "the run has measured nothing yet"],
  ["the launcher does not answer: timed out", "the process that starts runs does not work: timed out"],
])("says of this page's run what the server says by its id: %s", (sentence, ours) => {
  expect(said(sentence)).toBe(ours);
});

it.each(REFUSED)("says why a run cannot be exported: %s", (sentence, ours) => {
  expect(said(sentence)).toBe(ours);
});

it("what is not known stays as it is", () => {
  expect(said("the moon is in the way")).toBe("the moon is in the way");
  expect(said("")).toBe("");
});

it("Korean has all of them, with their numbers and words", async () => {
  vi.resetModules();
  vi.doMock("./language", () => ({ language: "ko" }));
  const { loadTexts } = await import("./index");
  await loadTexts();
  const { said: inKorean } = await import("./said");
  for (const sentence of [...SENTENCES, ...REFUSED.map(([theirs]) => theirs)]) {
    const text = inKorean(sentence);
    expect(text).toMatch(/[가-힣]/);
    expect(text).not.toMatch(/[{}]|[a-z]{3}/);
    for (const [number] of sentence.matchAll(/\d(?:[\d.,]*\d)?/g)) expect(text).toContain(number);
  }
  for (const sentence of NAMED) {
    expect(inKorean(sentence)).toMatch(/[가-힣]/);
    expect(inKorean(sentence)).not.toMatch(/[{}]/);
  }
  expect(inKorean(SENTENCES[4]!)).toContain("3.41시간");
  expect(inKorean("cannot pause: the run is finished")).toBe("일시 정지할 수 없습니다. 실행 상태: 완료");
  expect(parameters(korean.problem.launches)).toEqual(new Set(["limit", "got", "minutes"]));
});
