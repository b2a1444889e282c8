/** Panels of maps: one for each arm. */

import type { Statistic } from "../../api/types";
import { t } from "../../messages";
import { curveSource, vectorSource } from "../../plots/heat/columns";
import type { HeatPanel } from "../../plots/heat/heat";
import { divergenceOf } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";

/** What a panel over time says of its arm, whatever it shows. */
type Blank = Pick<HeatPanel, "name" | "variable" | "absent" | "end" | "axis">;

export function blank(model: CompareModel, arm: number): Blank {
  return { name: model.names[arm]!, variable: model.styles[arm]!.variable, absent: "", end: divergenceOf(model, arm), axis: model.axisOf(arm) };
}

/** One row for each unit of a layer. Arms that do not have it are left out; `name` is written over an arm's panel. */
export function unitPanels(model: CompareModel, statistic: Statistic, layer: number, name = (arm: number): string => model.names[arm]!): HeatPanel[] {
  const { manifest, session } = model;
  const units = manifest?.layers.find((one) => one.index === layer)?.units ?? 0;
  return model.arms.flatMap((arm): HeatPanel[] => {
    const id = model.vectorId(statistic, arm, layer);
    if (id === null) return [];
    return [{ ...blank(model, arm), name: name(arm), sources: [vectorSource(session.vectors.series(id), units, `${statistic}|${layer}|${arm}|`)] }];
  });
}

/** One row for each layer, the first on top. */
export function layerPanels(model: CompareModel, statistic: Statistic, layers: readonly number[], arms: readonly number[]): HeatPanel[] {
  return arms.map((arm): HeatPanel => {
    const sources = layers.flatMap((layer) => {
      const curve = model.curves?.get(statistic, arm, layer);
      return curve ? [curveSource(curve.raw, `${statistic}|${layer}|${arm}|`)] : [];
    });
    // Rows stand for the same layers in every panel, or there are none.
    const whole = sources.length === layers.length;
    return { ...blank(model, arm), sources: whole ? sources : [], absent: whole ? "" : t("instruments.absent") };
  });
}
