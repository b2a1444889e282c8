// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";

import { RUN, smallSpec } from "../../form/testing/schema";
import { get } from "../../form/values";
import { checkpointFor } from "./checkpoint";
import { Draft } from "./draft.svelte";
import { SweepDraft } from "./sweepDraft.svelte";

let draft: Draft;
const names = () => draft.arms.map((_, index) => get(draft.spec, `arms.${index}.name`));

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  draft = new Draft(RUN);
  draft.begin(smallSpec(), { preset: "paper-digits" });
});

describe("a draft", () => {
  it("is complete, and unedited until something is typed", () => {
    expect(get(draft.spec, "optimizer.kind")).toBe("sgd");
    expect(draft.edited).toBe(false);
    draft.set("steps", 10);
    expect(draft.edited).toBe(true);
    draft.reset();
    expect(draft.edited).toBe(false);
    expect(draft.origin.preset).toBe("paper-digits");
  });

  it("survives a reload, also what is no number yet", () => {
    draft.set("steps", "lots");
    draft.add();
    draft.save();
    const later = new Draft(RUN);
    expect(later.recall()).toBe(true);
    expect(get(later.spec, "steps")).toBe("lots");
    expect(later.arms.length).toBe(3);
    expect(later.edited).toBe(true);
    later.reset();
    expect(get(later.spec, "steps")).toBe(4000);
  });

  it("of this tab comes back, not that of another; a new tab takes up the last of all", () => {
    draft.set("steps", 11);
    draft.save();
    const mine = sessionStorage.getItem("normscope.draft")!;
    draft.set("steps", 22);
    draft.save(); // as another tab would: it shares only what all tabs remember
    sessionStorage.setItem("normscope.draft", mine);
    const reloaded = new Draft(RUN);
    reloaded.recall();
    expect(get(reloaded.spec, "steps")).toBe(11);
    sessionStorage.clear();
    const opened = new Draft(RUN);
    opened.recall();
    expect(get(opened.spec, "steps")).toBe(22);
  });

  it("keeps the axes of its sweep as they are typed, over a reload and for another preset", () => {
    const sweep = new SweepDraft(RUN, draft);
    sweep.toggle(true);
    sweep.axes[0]!.text = "0.1 x";
    draft.save();
    const later = new Draft(RUN);
    later.recall();
    const again = new SweepDraft(RUN, later);
    expect([again.on, again.axes]).toEqual([true, [{ field: "optimizer.learning_rate", text: "0.1 x" }]]);
    later.begin(smallSpec(), { preset: "paper-mnist" });
    expect(again.axes[0]!.text).toBe("0.1 x");
    again.toggle(false);
    expect(again.axes).toHaveLength(1);
  });

  it("does not take up what another version may have left", () => {
    localStorage.setItem("normscope.draft", '{"spec": {"arms": "none"}}');
    expect(new Draft(RUN).recall()).toBe(false);
    localStorage.setItem("normscope.draft", "{");
    expect(new Draft(RUN).recall()).toBe(false);
  });
});

describe("its arms", () => {
  it("keep their number when they change places", () => {
    const [first, second] = draft.ids;
    draft.move(0, 1);
    expect(names()).toEqual(["BatchNorm", "no norm"]);
    expect(draft.ids).toEqual([second, first]);
    draft.remove(0);
    expect(draft.ids).toEqual([first]);
  });

  it("are copied under a name of their own, up to eight", () => {
    draft.set("arms.1.norm.eps", 0.5);
    draft.duplicate(1);
    expect(names()).toEqual(["no norm", "BatchNorm", "BatchNorm 2"]);
    expect(get(draft.spec, "arms.2.norm.eps")).toBe(0.5);
    draft.set("arms.2.norm.eps", 0.25);
    expect(get(draft.spec, "arms.1.norm.eps")).toBe(0.5);
    while (!draft.full) draft.add();
    expect(draft.arms.length).toBe(8);
    expect(new Set(names()).size).toBe(8);
  });

  it("are renamed with their norm unless somebody named them", () => {
    draft.set("arms.1.norm", { kind: "layer", placement: "before_activation", eps: 1e-5 });
    expect(names()).toEqual(["no norm", "LayerNorm"]);
    draft.set("arms.1.name", "mine");
    draft.set("arms.1.norm", { kind: "none" });
    expect(names()).toEqual(["no norm", "mine"]);
  });

  it("are restored as they were", () => {
    const before = draft.snapshot();
    draft.remove(1);
    draft.restore(before);
    expect(names()).toEqual(["no norm", "BatchNorm"]);
    expect(draft.edited).toBe(false);
  });
});

describe("the draft of a fork", () => {
  const fork = { run: "ab12", name: "parent", step: 50, arms: ["a", "b"].map((name) => ({ name, norm: "none" })) };

  beforeEach(() => draft.begin(smallSpec(), { fork }));

  it("knows the source of each arm, wherever it moves", () => {
    const count = draft.arms.length;
    expect(draft.sources.slice(0, 2)).toEqual([0, 1]);
    draft.duplicate(1);
    expect(draft.sources.slice(0, 3)).toEqual([0, 1, 1]);
    draft.move(0, 2);
    expect(draft.sources.slice(0, 3)).toEqual([1, 1, 0]);
    draft.remove(0);
    expect(draft.sources.slice(0, 2)).toEqual([1, 0]);
    expect(draft.sources).toHaveLength(count);
    expect(draft.sourceOf(0)?.name).toBe("b");
  });

  it("keeps them over a reload, and can become a run of its own", () => {
    draft.move(0, 1);
    draft.insertedNorms = "identity";
    draft.save();
    const other = new Draft(RUN);
    expect(other.recall()).toBe(true);
    expect(other.sources).toEqual(draft.sources);
    expect(other.insertedNorms).toBe("identity");
    expect(other.origin.fork).toEqual(fork);
    other.detach();
    expect(other.origin.fork).toBe(null);
  });
});

describe("the checkpoint to fork from", () => {
  it("is at or below the cursor, else the first", () => {
    expect(checkpointFor([50, 100], 99)).toBe(50);
    expect(checkpointFor([50, 100], Infinity)).toBe(100);
    expect(checkpointFor([50, 100], 7)).toBe(50);
    expect(checkpointFor([], 7)).toBe(undefined);
  });
});
