/** A recorded figure as a sketch: its panels, its scales, and how its lines look. Pure. */

import type { RecordedFigure } from "../../api/types";
import type { Axis } from "../../plots/sketch/sketch";
import { armStyles, type ArmStyle } from "../../style/arms";
import { kindOf } from "./kinds";

type Line = RecordedFigure["lines"][number];

/** Settings are tried in multiples. */
const MULTIPLES: ReadonlySet<string> = new Set(["rate", "gain", "batch", "decay", "width"]);
const LINES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4]];
/** Of the greatest value: where all lie nearer together than that, and far from 0, their scale does not begin there. */
const NEAR = 0.35;

export function panelsOf(figure: RecordedFigure): { name: string; lines: Line[] }[] {
  const names = [...new Set(figure.lines.map((line) => line.panel))];
  return names.map((name) => ({ name, lines: figure.lines.filter((line) => line.panel === name) }));
}

/** Shares up to 1, whole decades where it is logarithmic, else what was measured; from 0, or from near the least where that is far from 0. */
export function vertical(figure: RecordedFigure): Axis {
  const values = figure.lines.flatMap((line) => [...line.y, ...line.low, ...line.high]);
  const usable = values.filter((value) => Number.isFinite(value) && (!figure.log || value > 0));
  if (usable.length === 0) return { low: 0, high: 1, log: false };
  const [least, most] = [Math.min(...usable), Math.max(...usable)];
  if (figure.log) return { low: 10 ** Math.floor(Math.log10(least)), high: 10 ** Math.ceil(Math.log10(most)), log: true };
  const near = most - least < NEAR * most;
  if (figure.share) return { low: near ? Math.floor(10 * least) / 10 : 0, high: 1, log: false };
  if (near && most > least) return { low: least - 0.1 * (most - least), high: most + 0.1 * (most - least), log: false };
  return { low: Math.min(0, least), high: most > least ? most : least + 1, log: false };
}

/** From 0 over time, and from the least to the greatest of settings; 0 of these stands one step before the others. */
export function horizontal(figure: RecordedFigure): Axis {
  const values = figure.lines.flatMap((line) => line.x).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return { low: 0, high: 1, log: false };
  const positive = values.filter((value) => value > 0);
  if (MULTIPLES.has(figure.x) && positive.length > 0) {
    const first = Math.min(...positive);
    const at = [...new Set(values)].sort((a, b) => a - b);
    return { low: least <= 0 ? first / 3 : first, high: Math.max(most, first * 1.01), log: true, at };
  }
  const low = figure.x === "layer" ? least : 0;
  return { low, high: most > low ? most : low + 1, log: false };
}

/** The colour says the network, the dash what else tells a line from others of its network. */
export function stylesOf(figure: RecordedFigure): (line: Line) => ArmStyle {
  const arms = [...new Set(figure.lines.map((line) => line.arm))];
  const others = [...new Set(figure.lines.map((line) => line.of))];
  const styles = armStyles(arms.map(kindOf));
  return ({ arm, of }) => {
    const style = styles[arms.indexOf(arm)]!;
    return others.length > 1 ? { ...style, dash: LINES[others.indexOf(of) % LINES.length]! } : style;
  };
}
