/** The line above a panel of a canvas: the name of what it shows, after a dash of its arm's colour. */

import { fitted } from "./labels";
import { colour, lettering, sized } from "./theme";

/** Pixels above each panel, where letters have their usual size. */
export const HEAD = 18;

/** `variable`: the colour's custom property; empty: no dash. */
export function paintHead(ctx: CanvasRenderingContext2D, { left, top, width }: { left: number; top: number; width: number }, name: string, variable: string): void {
  const middle = top - sized(HEAD) / 2;
  const dash = variable === "" ? 0 : sized(18);
  if (dash > 0) {
    ctx.fillStyle = colour(variable);
    ctx.fillRect(left, middle - sized(2), sized(12), sized(3));
  }
  ctx.font = lettering(600);
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour("--ink");
  ctx.fillText(fitted(ctx, name, width - dash), left + dash, middle);
}
