/** Values drawn across a chart to compare with: a dashed line, and beside its right end what it stands for. */

import type { Rule } from "./figure";
import type { EndLabel } from "./labels";
import { type Scale, yOf } from "./paint";
import { colour } from "./theme";

const DASH = [5, 4];

/** The lines; painted below the marks. */
export function paintRules(ctx: CanvasRenderingContext2D, scale: Scale, rules: readonly Rule[]): void {
  const { box } = scale;
  ctx.strokeStyle = colour("--muted");
  ctx.lineWidth = 1;
  ctx.setLineDash(DASH);
  for (const { value } of rules) {
    const y = Math.round(yOf(scale, value)) - 0.5;
    ctx.beginPath();
    ctx.moveTo(box.left, y);
    ctx.lineTo(box.left + box.width, y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/** The texts, beside the lines that are in view; they make room for the names of the marks, which are written there too. */
export function ruleLabels(scale: Scale, rules: readonly Rule[]): EndLabel[] {
  const { top, left, width, height } = scale.box;
  return rules.flatMap(({ value, text }): EndLabel[] => {
    const y = yOf(scale, value);
    if (text === "" || y < top - 1 || y > top + height + 1) return [];
    return [{ text, ink: { variable: "--muted", dash: [] }, quiet: true, x: left + width, y }];
  });
}
