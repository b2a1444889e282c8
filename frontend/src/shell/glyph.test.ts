import { expect, it } from "vitest";

import { bars, normKinds } from "./glyph";

it("draws a bar for each hidden layer, centred and inside the picture", () => {
  const drawn = bars({ model: { hidden: [2048, 16, 1] } }, 40, 32);
  expect(drawn.map((bar) => bar.x)).toEqual([12, 20, 28]);
  expect(drawn[0]!.height).toBe(32);
  expect(drawn[1]!.height).toBeGreaterThan(drawn[2]!.height);
  for (const bar of drawn) expect(bar.y + bar.height).toBeLessThanOrEqual(32);
});

it("squeezes many layers and draws nothing for none", () => {
  const many = bars({ model: { hidden: Array(24).fill(64) } }, 40, 32);
  expect(many[0]!.x).toBeGreaterThan(0);
  expect(many.at(-1)!.x).toBeLessThan(40);
  expect(bars({}, 40, 32)).toEqual([]);
});

it("reads the norms of the arms", () => {
  expect(normKinds({ arms: [{ norm: { kind: "none" } }, { norm: { kind: "batch" } }] })).toEqual(["none", "batch"]);
  expect(normKinds({})).toEqual([]);
});
