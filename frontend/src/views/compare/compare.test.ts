import { describe, expect, it } from "vitest";

import type { AppliedEvent, ReplicateEndedEvent, RunRecord, RunSpec } from "../../api/types";
import { Curve } from "../../data/curve";
import { type Certificate, certificateOf, dataNotes, differingParts, isClocked, isFair, shortHash, unequalLengths, written } from "./certificate";
import { actionOf } from "./keys";
import { overtaken, settled } from "./pending";
import { Player } from "./player";
import { lastFinite } from "./postmortem";
import { waitingBefore } from "./queue";
import { waitingText } from "./waiting";
import { keyCommand } from "./steering.svelte";
import { spread, summaryOf, target } from "./summary";
import { readView, START, type View, writeView } from "./view";

function query(text: string): URLSearchParams {
  return new URLSearchParams(text);
}

describe("the address", () => {
  it("says nothing where the page is as it starts", () => {
    expect(Object.values(writeView(START, 2)).every((value) => value === null)).toBe(true);
    expect(readView(query(""), 2)).toEqual(START);
  });

  it.each<Partial<View>>([
    { layer: 2, step: 1200, axis: "epoch", smooth: 0.6 },
    { hidden: [1, 3], unit: "median", zoom: [10, 90], speed: 4 },
    { unit: 17, step: 0, smooth: 0, flipped: ["loss", "variance"], axis: "seconds" },
    { picks: { map: "gradient_norm", of: "weights" } },
  ])("brings back %j", (change) => {
    const view = { ...START, ...change };
    const said = Object.entries(writeView(view, 5)).filter((entry): entry is [string, string] => entry[1] !== null);
    expect(readView(new URLSearchParams(said), 5)).toEqual(view);
  });

  it("takes what makes no sense as not said", () => {
    const text = "layer=0&step=-3&axis=x&smooth=7&arms=a&unit=1.5&zoom=9-2&flip=<b>&pick=a.b.c,.d,e.&speed=3";
    expect(readView(query(text), 2)).toEqual(START);
  });
});

describe("an empty card", () => {
  it("does not say that nothing was measured while data are on their way", () => {
    const ended = { over: true, record: { state: "finished" } };
    expect(waitingText({ ...ended, loading: true })).toBe("");
    expect(waitingText({ ...ended, loading: false })).not.toBe("");
    expect(waitingText({ over: false, record: { state: "queued" }, loading: true })).not.toBe(waitingText({ over: false, record: { state: "running" }, loading: true }));
  });
});

describe("keys", () => {
  function press(key: string, shift = false, step: number | null = null): number | null | "play" | "none" {
    let result: number | null | "play" | "none" = "none";
    const model = {
      view: { ...START, step },
      lastStep: 4000,
      moveTo: (to: number | null) => (result = to),
      togglePlay: () => (result = "play"),
    };
    actionOf(key, shift, model)?.();
    return result;
  }

  it("play, step, jump and return to live", () => {
    expect(press(" ")).toBe("play");
    expect([press("ArrowLeft"), press("ArrowRight", false, 100), press("ArrowLeft", true, 100)]).toEqual([3996, 104, 20]);
    expect([press("Home"), press("End"), press("l"), press("x")]).toEqual([0, null, null, "none"]);
  });
});

describe("Player", () => {
  function play(cursor: number | null, end = 2000) {
    const moves: (number | null)[] = [];
    const frames: ((now: number) => void)[] = [];
    let at = cursor;
    const player = new Player({
      end: () => end,
      cursor: () => at,
      speed: () => 2,
      move: (step) => {
        at = step;
        moves.push(step);
      },
      request: (run) => frames.push(run),
    });
    player.play();
    return { player, moves, drag: (step: number) => (at = step), frame: (now: number) => frames.shift()?.(now) };
  }

  it("starts at the beginning when it stands at the end, and goes through in 20 seconds at 1×", () => {
    const { moves, frame } = play(null);
    frame(0);
    frame(100);
    expect(moves).toEqual([0, 0, 20]);
  });

  it("plays on from where it was dragged", () => {
    const { moves, drag, frame } = play(500);
    frame(0);
    drag(1500);
    frame(50);
    expect(moves.at(-1)).toBe(1510);
  });

  it("ends at the end", () => {
    const { player, moves, frame } = play(1995);
    frame(0);
    frame(100);
    expect([player.playing, moves.at(-1)]).toEqual([false, null]);
  });
});

describe("pending commands", () => {
  it("settle when the state shows them", () => {
    expect([settled("pause", "running"), settled("pause", "paused"), settled("resume", "running")]).toEqual([false, true, true]);
    expect([settled("stop", "paused"), settled("stop", "stopped"), settled("pause", "finished")]).toEqual([false, true, true]);
  });

  it("are waited for no longer where a later one took effect, whose state is another", () => {
    const applied = [
      { command_id: "a", kind: "resume" },
      { command_id: "b", kind: "set_speed" },
    ] as AppliedEvent[];
    expect(settled("resume", "paused")).toBe(false);
    expect([overtaken("", applied), overtaken("a", applied)]).toEqual([false, false]);
    const step = { command_id: "c", kind: "step" } as AppliedEvent;
    expect([overtaken("a", [...applied, step]), overtaken("c", [...applied, step])]).toEqual([true, false]);
  });

  it("counts who waits before", () => {
    const run = { id: "b", created_at: 5 };
    expect(waitingBefore(run, [{ id: "a", created_at: 1 }, run, { id: "c", created_at: 9 }])).toBe(1);
  });
});

describe("summary", () => {
  const arm = (best: number, diverged = 0) => ({
    name: "a",
    replicates: { running: 0, finished: 2 - diverged, diverged, stopped_early: 0, stuck: 0 },
    latest: {},
    best: { validation_accuracy: best },
    best_step: { validation_accuracy: 30 },
    final: { validation_accuracy: best },
    parameters: 10,
    compute_seconds: 2,
  });
  const record = { arms: [arm(0.5), arm(1, 1)] } as unknown as RunRecord;
  const ended = (seed: number, state: "finished" | "diverged", accuracy: number): ReplicateEndedEvent => ({
    type: "replicate_ended",
    arm: 1,
    seed,
    step: 40,
    state,
    final: { validation_accuracy: accuracy },
  });
  const curve = new Curve();
  for (const [step, value] of [[10, 0.2], [20, 0.48], [30, 1]] as const) curve.push(step, value, value, value);

  it("asks every arm for what the weakest can reach", () => {
    expect(target(record)).toBeCloseTo(0.49);
    expect(summaryOf(record, [], () => curve)[0]!.stepsToTarget).toBe(30);
    expect(summaryOf(record, [], () => null)[0]!.stepsToTarget).toBeNull();
  });

  it("is a mean over the seeds that survived", () => {
    const rows = summaryOf(record, [ended(1, "finished", 0.8), ended(2, "finished", 1), ended(3, "diverged", NaN)], () => curve);
    expect(rows[1]!.metrics.validation_accuracy!.mean).toBeCloseTo(0.9);
    expect(rows[1]!.metrics.validation_accuracy!.count).toBe(2);
    expect(rows[1]!.metrics.validation_accuracy!.deviation).toBeCloseTo(Math.SQRT2 / 10);
    expect(rows[0]!.metrics.validation_accuracy).toEqual({ mean: 0.5, deviation: NaN, count: 1 });
    expect(spread([3]).deviation).toBeNaN();
  });
});

describe("certificate", () => {
  const equal = { initial_tensors: true, batch_order: true, data: true, optimizer: false, initialisation: true, dropout: true, parameter_count: false };
  const certificate = {
    equal,
    seeds: [],
    data: { train_examples: 600, validation_examples: 200, test_examples: 200, train_labels_sha256: "0" },
    differences: [{ path: "norm.kind", values: [] }, { path: "norm.eps", values: [] }, { path: "dropout", values: [] }],
    parameters: [],
    side_effects: [],
  } satisfies Certificate;

  it("is fair when tensors, order and data are the same", () => {
    expect(isFair(certificate)).toBe(true);
    expect(isFair({ ...certificate, equal: { ...equal, batch_order: false } })).toBe(false);
    expect(differingParts(certificate)).toEqual(["norm", "dropout"]);
  });

  it("is read with care", () => {
    expect([certificateOf(null), certificateOf({}), certificateOf("x")]).toEqual([null, null, null]);
    expect(certificateOf(certificate)).toBe(certificate);
  });

  it("says that the clock decides when it measures: with a budget, whether or not it widened anything", () => {
    const probes = (budget: number | null): Pick<RunSpec, "probes"> => ({ probes: { budget } as RunSpec["probes"] });
    expect(isClocked(probes(null), [])).toBe(false);
    expect(isClocked(undefined, [])).toBe(false);
    expect(isClocked(probes(0.05), [])).toBe(true);
    expect(isClocked(probes(null), [{}])).toBe(true);
  });

  it("says who did not train as long as the others", () => {
    expect(unequalLengths(["a", "b"], 1, [], [])).toEqual([]);
    expect(unequalLengths(["a", "b"], 1, [{ arm: 0, step: 7 }], [{ arm: 1, step: 90 }])).toEqual(["a diverged at step 7", "b stopped at step 90"]);
    const both = [0, 1].map((arm) => ({ arm, step: 50 }));
    expect(unequalLengths(["a", "b"], 1, [], both)).toEqual([]);
    expect(unequalLengths(["a", "b"], 2, [], both)).toHaveLength(2);
    expect([shortHash("0123456789"), written(null), written("before_activation"), written({ a: 1 })]).toEqual([
      "01234567",
      "–",
      "before activation",
      '{"a":1}',
    ]);
  });
});

describe("post-mortem", () => {
  it("puts layers down and statistics across", () => {
    expect(lastFinite({ train_loss: 9, "input_mean@2": 3, "input_mean@1": 1, "dead@2": 0.5 })).toEqual({
      run: [["train_loss", 9]],
      statistics: ["input_mean", "dead"],
      layers: [
        { layer: 1, values: [1, null] },
        { layer: 2, values: [3, 0.5] },
      ],
    });
  });
});

it("says what was done to the data", () => {
  const data = { train_examples: 1197, validation_examples: 300, test_examples: 300, train_labels_sha256: "0" };
  expect(dataNotes(data)).toHaveLength(1);
  const notes = dataNotes({ ...data, label_noise: 0.3, normalise: "standard", augment: { flip: true, crop: 2 } });
  expect(notes).toHaveLength(5);
  expect(notes[1]).toContain("30");
  expect(notes[4]).toContain("2 pixels");
});

describe("commands by key", () => {
  it("pauses, resumes and steps where that makes sense", () => {
    expect(keyCommand("p", "running")).toBe("pause");
    expect(keyCommand("P", "paused")).toBe("resume");
    expect(keyCommand(".", "paused")).toBe("step");
    expect(keyCommand(".", "finished")).toBeNull();
    expect(keyCommand("p", "queued")).toBeNull();
  });

  it("takes a resumption of an interrupted run as done once it is queued", () => {
    expect(settled("resume", "interrupted")).toBe(false);
    expect(settled("resume", "queued")).toBe(true);
    expect(settled("resume", "paused")).toBe(false);
    expect(settled("pause", "stopped")).toBe(true);
  });
});
