/** A network as a small picture: one bar for each layer, as tall as it is wide (on a log scale). */

import { layerWidths } from "../form/network";
import { get } from "../form/values";

export interface Bar {
  x: number;
  y: number;
  height: number;
}

/** The bars of a spec's hidden layers in a picture of `width` by `height` pixels, centred. */
export function bars(spec: unknown, width: number, height: number): Bar[] {
  const widths = layerWidths(spec);
  const pitch = Math.min(8, (width - 4) / Math.max(1, widths.length));
  const start = (width - pitch * (widths.length - 1)) / 2;
  return widths.map((units, index) => {
    const tall = Math.min(height, Math.max(4, (height * Math.log2(Math.max(1, units) + 1)) / Math.log2(257)));
    return { x: start + index * pitch, y: (height - tall) / 2, height: tall };
  });
}

/** The norm kinds of a spec's arms. */
export function normKinds(spec: unknown): string[] {
  const arms = get(spec, "arms");
  return Array.isArray(arms) ? arms.map((arm) => String(get(arm, "norm.kind") ?? "")) : [];
}
