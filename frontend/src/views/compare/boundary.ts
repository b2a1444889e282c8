/** The decision boundaries at the cursor: what is painted, what is read off, what is exported. */

import { answerOf, cellAt } from "../../data/boundary";
import { t } from "../../messages";
import type { Tile } from "../../plots/tiles";
import { saveText } from "../../plots/picture";
import { percent, short } from "../../ui/format";
import type { CompareModel } from "./model.svelte";

export const EMPTY_PLANE = { low: -1, high: 1, cells: 1, x: [], y: [], classes: [] };

export function tilesOf(model: CompareModel): Tile[] {
  return model.arms.map((arm) => ({
    name: model.names[arm]!,
    variable: model.styles[arm]!.variable,
    row: model.curves?.vector("boundary", arm, null, model.view.step) ?? null,
  }));
}

/** The step at which what is shown was measured; null before the first. */
export function boundaryStep(model: CompareModel): number | null {
  const steps = model.arms.map((arm) => model.curves?.vectorStep("boundary", arm, null, model.view.step) ?? null);
  return steps.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}

/** What a network makes of a point, in words; empty where it says nothing. */
export function readingAt(model: CompareModel, at: { tile: number; x: number; y: number }): string {
  const { plane } = model.manifest ?? {};
  const tile = tilesOf(model)[at.tile];
  if (!plane || !tile?.row) return "";
  const cell = cellAt(at.x, at.y, plane.low, plane.high, plane.cells);
  const answer = cell === null ? null : answerOf(tile.row[cell] ?? NaN);
  if (answer === null) return "";
  return t("compare.boundary_reading", {
    arm: tile.name,
    x: short(at.x, 2),
    y: short(at.y, 2),
    number: answer.index + 1,
    confidence: percent(answer.confidence, 0),
  });
}

export function saveBoundaryCsv(model: CompareModel, title: string): void {
  const plane = model.manifest?.plane ?? EMPTY_PLANE;
  const step = (plane.high - plane.low) / plane.cells;
  const lines = ["arm,x,y,class,probability"];
  for (const tile of tilesOf(model)) {
    const name = /[",\n]/.test(tile.name) ? `"${tile.name.replaceAll('"', '""')}"` : tile.name;
    tile.row?.forEach((value, i) => {
      const x = plane.low + ((i % plane.cells) + 0.5) * step;
      const y = plane.low + (Math.floor(i / plane.cells) + 0.5) * step;
      const answer = answerOf(value);
      lines.push(`${name},${x.toFixed(4)},${y.toFixed(4)},${answer ? answer.index + 1 : ""},${answer ? answer.confidence.toFixed(4) : ""}`);
    });
  }
  saveText(title, `${lines.join("\n")}\n`);
}
