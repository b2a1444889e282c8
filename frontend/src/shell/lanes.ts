/** A spec as a drawing: one lane for each arm, a block for each hidden layer, a mark where values are normalised. */

import { layerWidths } from "../form/network";
import { get, isBag } from "../form/values";

export interface Lane {
  name: string;
  /** Vertical centre, in pixels. */
  y: number;
  blocks: { x: number; height: number }[];
  /** Horizontal places of the norms. */
  marks: number[];
}

export interface LaneFrame {
  width: number;
  /** Height of one lane. */
  lane: number;
}

/** Lanes from the top; a norm stands before or after its layer's block, as its placement says. */
export function lanes(spec: unknown, frame: LaneFrame): Lane[] {
  const arms = get(spec, "arms");
  const widths = layerWidths(spec);
  const pitch = frame.width / (widths.length + 1);
  const most = Math.max(1, ...widths);
  return (Array.isArray(arms) ? arms : []).filter(isBag).map((arm, index) => {
    const kind = get(arm, "norm.kind");
    const side = get(arm, "norm.placement") === "after_activation" ? 1 : -1;
    const shift = side * Math.min(14, pitch / 3);
    return {
      name: String(arm["name"] ?? ""),
      y: (index + 0.5) * frame.lane,
      blocks: widths.map((units, layer) => ({
        x: (layer + 1) * pitch,
        height: frame.lane * (0.25 + (0.45 * Math.log2(units + 1)) / Math.log2(most + 1)),
      })),
      marks: kind === "none" ? [] : widths.map((_, layer) => (layer + 1) * pitch + shift),
    };
  });
}
