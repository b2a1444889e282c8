import { describe, expect, it } from "vitest";

import { type Paintable, Scheduler } from "./scheduler";

function make() {
  const frames: (() => void)[] = [];
  let clock = 0;
  const log: string[] = [];
  const scheduler = new Scheduler({ request: (run) => frames.push(run), now: () => clock, budget: 10 });
  const item = (name: string, cost = 1, visible = true): Paintable & { visible: boolean } => ({
    visible,
    paint: () => {
      log.push(name);
      clock += cost;
    },
  });
  return { scheduler, log, item, frame: () => frames.shift()?.(), waiting: () => frames.length };
}

describe("Scheduler", () => {
  it("paints what changed once a frame, however often it changed", () => {
    const { scheduler, log, item, frame, waiting } = make();
    const a = item("a");
    for (let i = 0; i < 5; i++) scheduler.invalidate(a);
    expect(waiting()).toBe(1);
    frame();
    expect([log, waiting()]).toEqual([["a"], 0]);
  });

  it("leaves out what nobody sees until it is seen", () => {
    const { scheduler, log, item, frame, waiting } = make();
    const hidden = item("hidden", 1, false);
    scheduler.invalidate(hidden);
    expect(waiting()).toBe(0);
    hidden.visible = true;
    scheduler.shown(hidden);
    frame();
    expect(log).toEqual(["hidden"]);
  });

  it("makes one Plotly call a frame, and paints over it", () => {
    const { scheduler, log, item, frame } = make();
    const [a, b] = [item("a"), item("b")];
    scheduler.enqueue(a, () => log.push("old call a"));
    scheduler.enqueue(a, () => log.push("call a"));
    scheduler.enqueue(b, () => log.push("call b"));
    frame();
    expect(log).toEqual(["call a", "a"]);
    frame();
    expect(log).toEqual(["call a", "a", "call b", "b"]);
  });

  it("gives a chart its axes and lines before the next chart is looked at", () => {
    const { scheduler, log, item, frame } = make();
    const charts = ["a", "b"].map((name) => {
      const chart = item(name, 6);
      const first = chart.paint;
      let asked = false;
      chart.paint = (): void => {
        first();
        if (!asked) scheduler.enqueue(chart, () => log.push(`axes of ${name}`));
        asked = true;
      };
      return chart;
    });
    charts.forEach((chart) => scheduler.invalidate(chart));
    frame();
    expect(log).toEqual(["a", "axes of a", "a"]);
    frame();
    expect(log).toEqual(["a", "axes of a", "a", "b", "axes of b", "b"]);
  });

  it("paints what has come into being in the same frame, as long as there is time", () => {
    const { scheduler, log, item, frame } = make();
    const [a, b, hidden] = [item("a", 20), item("b"), item("hidden", 1, false)];
    for (const one of [hidden, a, b]) scheduler.born(one);
    expect(log).toEqual(["a"]);
    frame();
    frame();
    expect(log).toEqual(["a", "b"]);
    const late = item("late");
    scheduler.born(late);
    expect(log).toEqual(["a", "b", "late"]);
  });

  it("leaves to the next frame what does not fit into this one, oldest first", () => {
    const { scheduler, log, item, frame } = make();
    const items = ["a", "b", "c"].map((name) => item(name, 11));
    items.forEach((one) => scheduler.invalidate(one));
    frame();
    expect(log).toEqual(["a"]);
    scheduler.invalidate(items[0]!);
    frame();
    frame();
    expect(log).toEqual(["a", "b", "c"]);
    frame();
    expect(log).toEqual(["a", "b", "c", "a"]);
  });

  it("forgets what is gone", () => {
    const { scheduler, log, item, frame } = make();
    const a = item("a");
    scheduler.invalidate(a);
    scheduler.enqueue(a, () => log.push("call"));
    scheduler.forget(a);
    frame();
    expect(log).toEqual([]);
  });
});
