/** How wide the layers of a spec's network are: what pictures of it are drawn from. */

import { get } from "./values";

/** Units or channels of each layer with an activation, in forward order; pools left out. */
export function layerWidths(spec: unknown): number[] {
  const width = get(spec, "model.width");
  if (get(spec, "model.kind") === "resnet" && typeof width === "number") {
    const depth = Number(get(spec, "model.depth"));
    const stages = depth === 18 ? [2, 2, 2, 2] : Array<number>(3).fill(Math.max(0, Math.floor((depth - 2) / 6)));
    return [width, ...stages.flatMap((blocks, stage) => Array<number>(2 * blocks).fill(width * 2 ** stage))];
  }
  return [...listed(spec, "model.convolutions"), ...listed(spec, "model.hidden")];
}

function listed(spec: unknown, path: string): number[] {
  const entries = get(spec, path);
  return Array.isArray(entries) ? entries.filter((entry): entry is number => typeof entry === "number") : [];
}
