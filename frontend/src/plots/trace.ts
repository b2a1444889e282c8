/** A curve over numbers or categories on the canvas. */

import type { TraceMark } from "./figure";
import { dot, type Scale, yOf } from "./paint";
import { colour, sized } from "./theme";

/** Paints it and returns its last finite point in pixels; `px` turns x into pixels. */
export function paintTrace(ctx: CanvasRenderingContext2D, scale: Scale, mark: TraceMark, px: (x: number) => number): { x: number; y: number } | null {
  const { x, y, ink } = mark;
  const old = ctx.globalAlpha;
  ctx.globalAlpha = old * mark.alpha;
  ctx.strokeStyle = colour(ink.variable);
  ctx.lineWidth = sized(mark.width);
  ctx.lineJoin = "round";
  ctx.setLineDash(ink.dash as number[]);
  ctx.beginPath();
  let last = -1;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    if (last === i - 1 && i > 0) ctx.lineTo(px(x[i]!), yOf(scale, y[i]!));
    else ctx.moveTo(px(x[i]!), yOf(scale, y[i]!));
    last = i;
  }
  ctx.stroke();
  ctx.setLineDash([]);
  if (mark.dots) for (let i = 0; i < y.length; i++) if (Number.isFinite(y[i]!)) dot(ctx, px(x[i]!), yOf(scale, y[i]!), sized(3));
  ctx.globalAlpha = old;
  return last < 0 ? null : { x: px(x[last]!), y: yOf(scale, y[last]!) };
}
