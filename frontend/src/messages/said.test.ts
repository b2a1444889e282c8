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
  "the server made a mistake; its log says more",
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

it.each(SENTENCES)("English stays as the server says it: %s", (sentence) => {
  expect(said(sentence)).toBe(sentence);
});

it.each([
  ["cannot resume: the run is running, not paused", "cannot resume: the run is running"],
  [`run ${ID} is running: stop it before you delete it`, "the run is running: stop it before you delete it"],
  [`run ${ID} has no checkpoint to fork from: pause it, or wait for its first`, "the run has no checkpoint to fork from: pause it, or wait for its first"],
  ["25 cells: expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size, or take fewer values", "25 cells: expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds or the batch size, or take fewer values"],
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
    for (const [number] of sentence.matchAll(/\d[\d.,]*/g)) expect(text).toContain(number);
  }
  expect(inKorean(SENTENCES[4]!)).toContain("3.41시간");
  expect(inKorean("cannot pause: the run is finished")).toBe("일시 정지할 수 없습니다. 실행 상태: 완료");
  expect(parameters(korean.problem.launches)).toEqual(new Set(["limit", "got", "minutes"]));
});
