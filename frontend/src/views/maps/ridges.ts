/** Ridges of a layer: which series, and as CSV. */

import type { Statistic } from "../../api/types";
import { histogramOf } from "../../data/histogram";
import type { RidgePanel } from "../../plots/ridge/ridges";
import type { CompareModel } from "../compare/model.svelte";
import { blank } from "../instruments/maps";

export function ridgePanels(model: CompareModel, statistic: Statistic, layer: number): RidgePanel[] {
  return model.arms.flatMap((arm): RidgePanel[] => {
    const id = model.vectorId(statistic, arm, layer);
    if (id === null) return [];
    return [{ ...blank(model, arm), series: model.session.vectors.series(id) }];
  });
}

/** Every observed histogram, bin by bin. */
export function ridgesCsv(panels: readonly RidgePanel[]): string {
  const lines = ["arm,step,from,to,count"];
  for (const { name, series } of panels) {
    const arm = /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
    series.rows.forEach((row, i) => {
      const histogram = histogramOf(row);
      if (histogram === null) return;
      const width = (histogram.high - histogram.low) / histogram.counts.length;
      histogram.counts.forEach((count, bin) => {
        const from = histogram.low + bin * width;
        lines.push(`${arm},${series.steps[i]},${from},${from + width},${count}`);
      });
    });
  }
  return `${lines.join("\n")}\n`;
}
