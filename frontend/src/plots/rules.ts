/** Values drawn across a chart to compare with: a dashed line, and at its right end what it stands for. */

import type { Rule } from "./figure";
import { type Scale, yOf } from "./paint";
import { colour, fontFamily, textColour } from "./theme";

const DASH = [5, 4];
const HEIGHT = 14;

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

/** The texts; painted above the marks, over the line or, where there is no room, under it. */
export function paintRuleTexts(ctx: CanvasRenderingContext2D, scale: Scale, rules: readonly Rule[]): void {
  if (rules.length === 0) return;
  const { box } = scale;
  ctx.font = `400 11px ${fontFamily()}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "right";
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour("--surface");
  ctx.lineWidth = 4;
  for (const { value, text } of rules) {
    const line = yOf(scale, value);
    if (line < box.top - 1 || line > box.top + box.height + 1) continue;
    const y = line - HEIGHT < box.top ? line + HEIGHT / 2 + 1 : line - HEIGHT / 2 - 1;
    ctx.strokeText(text, box.left + box.width - 4, y);
    ctx.fillStyle = textColour("--muted");
    ctx.fillText(text, box.left + box.width - 4, y);
  }
  ctx.textAlign = "left";
}
