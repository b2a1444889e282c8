import { expect, it } from "vitest";

import { layerWidths } from "./network";

it("lists the layers that are measured, whatever the kind of network", () => {
  expect(layerWidths({ model: { kind: "mlp", hidden: [100, 50] } })).toEqual([100, 50]);
  expect(layerWidths({ model: { kind: "cnn", convolutions: [16, "pool", 32], hidden: [8] } })).toEqual([16, 32, 8]);
  expect(layerWidths({ model: { kind: "resnet", depth: 8, width: 4 } })).toEqual([4, 4, 4, 8, 8, 16, 16]);
  expect(layerWidths({ model: { kind: "resnet", depth: 18, width: 1 } })).toHaveLength(17);
  expect(layerWidths({ model: { kind: "mlp", hidden: "many" } })).toEqual([]);
});
