import { expect, it } from "vitest";

import { complaints, drawnAt } from "./complaints";

it("says our own finding before the server's, once for each field", () => {
  const flaws = [{ path: "steps", code: "minimum", params: { limit: 1 } }];
  const errors = [
    { path: "steps", message: "expected 1 or more, got 0", code: "x" },
    { path: "", message: "too expensive", code: "y" },
  ];
  expect([...complaints(flaws, errors)]).toEqual([
    ["steps", "Must be at least 1"],
    ["", "Too expensive"],
  ]);
});

it("writes a limit as one would type it", () => {
  expect(complaints([{ path: "probes.budget", code: "maximum", params: { limit: 0.5 } }], []).get("probes.budget")).toBe("Must be at most 0.5");
  expect(complaints([{ path: "seeds", code: "few", params: { limit: 1 } }], []).get("seeds")).toBe("At least 1 entry");
});

it("finds the nearest field that is drawn", () => {
  const drawn = new Set(["arms.1.norm", "seeds"]);
  expect(drawnAt("arms.1.norm.kind", drawn)).toBe("arms.1.norm");
  expect(drawnAt("seeds.2", drawn)).toBe("seeds");
  expect(drawnAt("arms", drawn)).toBeNull();
  expect(drawnAt("", drawn)).toBeNull();
});
