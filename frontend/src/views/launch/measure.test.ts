import { expect, it } from "vitest";

import type { RunSpec } from "../../api/types";
import { everyOf, readSchedules, withSchedules } from "./measure";

const spec = { evaluate_every: 200, probes: { distributions_every: 25, details_every: 0 } } as unknown as RunSpec;

it("switches on what is off, and leaves what is on", () => {
  const { probes } = withSchedules(spec, ["distributions", "details", "modes"]);
  expect(probes).toEqual({ distributions_every: 25, details_every: 10, modes_every: 200 });
  expect(spec.probes.details_every).toBe(0);
});

it("a run of an earlier version measures nothing of what came later", () => {
  expect(everyOf(spec, "landscape")).toBe(0);
  expect(everyOf(undefined, "details")).toBe(0);
});

it("reads what shall be measured from an address", () => {
  expect(readSchedules("modes,nonsense,details")).toEqual(["details", "modes"]);
  expect(readSchedules(null)).toEqual([]);
});
