import { describe, expect, it } from "vitest";

import type { Manifest } from "../../api/types";
import { Curve } from "../../data/curve";
import { axesOf, type AxisSource, kindsOf, placesOf, stepsInView } from "./axes";

const manifest = {
  series: [{ statistic: "compute_seconds" }],
  steps_per_epoch: 10,
  train_examples: 640,
  flops_per_step: [1e6, 4e6],
} as unknown as Manifest;

function seconds(each: number): Curve {
  const curve = new Curve();
  for (const step of [10, 100]) curve.push(step, step * each, 0, step * each);
  return curve;
}

const source: AxisSource = {
  kind: "step",
  manifest,
  batch: 64,
  dropLast: true,
  elapsed: seconds(0.1),
  compute: (arm) => [seconds([0.02, 0.03][arm]!)],
  arms: [0, 1],
  lastStep: 100,
  steps: 1000,
};

describe("the axes of a run", () => {
  it("are those that its manifest knows enough for", () => {
    expect(kindsOf(manifest)).toEqual(["step", "samples", "epoch", "seconds", "compute", "flops"]);
    expect(kindsOf({ ...manifest, series: [], train_examples: 0, flops_per_step: [0, 0] })).toEqual(["step", "epoch", "seconds"]);
    expect(axesOf({ ...source, kind: "flops", manifest: { ...manifest, flops_per_step: [] } }).lead.kind).toBe("step");
  });

  it("are shared where all arms have the same x", () => {
    for (const kind of ["step", "samples", "epoch", "seconds"] as const) expect(axesOf({ ...source, kind }).own).toBeNull();
    expect(axesOf({ ...source, kind: "samples" }).lead.of(20)).toBe(1280);
  });

  it("differ from arm to arm in what is spent; the most expensive one leads", () => {
    const flops = axesOf({ ...source, kind: "flops" });
    expect(flops.unit).toBe("GFLOP");
    expect([0, 1].map((arm) => flops.own!.get(arm)!.of(500))).toEqual([0.5, 2]);
    expect(flops.lead).toBe(flops.own!.get(1));
    const compute = axesOf({ ...source, kind: "compute" });
    expect(compute.lead.of(50)).toBeCloseTo(1.5);
    expect(placesOf(compute, 100)).toEqual([2, 3].map((x) => expect.closeTo(x)));
  });

  it("are led by a shown arm", () => {
    const flops = axesOf({ ...source, kind: "flops", arms: [0], steps: 500 });
    expect(flops.lead.of(500)).toBe(500);
    expect(flops.unit).toBe("MFLOP");
  });

  it("tell which steps of any arm are in view", () => {
    const flops = axesOf({ ...source, kind: "flops" });
    expect(stepsInView(flops, 0.4, 0.8)).toEqual([100, 800]);
    expect(stepsInView(axesOf(source), 3, 9)).toEqual([3, 9]);
  });
});
