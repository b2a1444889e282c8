import { expect, it } from "vitest";

import { lanes } from "./lanes";

const spec = {
  model: { hidden: [100, 100, 10] },
  arms: [
    { name: "plain", norm: { kind: "none" } },
    { name: "before", norm: { kind: "batch", placement: "before_activation" } },
    { name: "after", norm: { kind: "batch", placement: "after_activation" } },
  ],
};

it("draws a lane for each arm and a block for each layer", () => {
  const drawn = lanes(spec, { width: 400, lane: 40 });
  expect(drawn.map((lane) => lane.y)).toEqual([20, 60, 100]);
  expect(drawn[0]!.blocks.map((block) => block.x)).toEqual([100, 200, 300]);
  expect(drawn[0]!.blocks[0]!.height).toBeGreaterThan(drawn[0]!.blocks[2]!.height);
});

it("marks the norms on their side of the layer, and none where there is none", () => {
  const [plain, before, after] = lanes(spec, { width: 400, lane: 40 });
  expect(plain!.marks).toEqual([]);
  expect(before!.marks).toEqual([86, 186, 286]);
  expect(after!.marks).toEqual([114, 214, 314]);
});

it("draws nothing of nothing", () => {
  expect(lanes({}, { width: 400, lane: 40 })).toEqual([]);
});
