/** A map's numbers as CSV: one row for each observation and row of the map, as they were measured. */

import type { HeatPanel } from "./heat";

/** `names` of the rows; empty: they are numbered from 0. */
export function csvOfMap(panels: readonly HeatPanel[], names: readonly string[]): string {
  const lines = ["arm,row,step,value"];
  for (const { name, sources } of panels) {
    let first = 0;
    for (const source of sources) {
      for (let i = 0; i < source.n; i++) {
        for (let unit = 0; unit < source.units; unit++) {
          const row = first + unit;
          lines.push(`${cell(name)},${cell(names[row] ?? String(row))},${source.step(i)},${source.value(i, unit)}`);
        }
      }
      first += source.units;
    }
  }
  return `${lines.join("\n")}\n`;
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
