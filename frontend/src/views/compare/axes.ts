/** Which x axes a run can have, and where each arm's steps lie on the one that is shown. */

import type { Manifest } from "../../api/types";
import { AXES, type AxisKind, type AxisMap, axisMap } from "../../data/axis";
import type { Curve } from "../../data/curve";
import { computeAxis, flopsAxis, leading, prefixOf, samplesAxis } from "../../data/effort";
import { t } from "../../messages";

export interface AxisSource {
  kind: AxisKind;
  manifest: Manifest | null;
  batch: number;
  dropLast: boolean;
  elapsed: Curve;
  /** Seconds of compute of an arm's replicates; none where the run did not measure them. */
  compute(arm: number): readonly Curve[];
  /** Arms that are shown. */
  arms: readonly number[];
  lastStep: number;
  /** Steps of the run. */
  steps: number;
}

export interface Axes {
  /** That of what belongs to no arm: the arm's that has spent most, where they differ. */
  lead: AxisMap;
  /** By arm; null: all share one. */
  own: ReadonlyMap<number, AxisMap> | null;
  unit: string;
}

/** The kinds that `manifest` knows enough for. */
export function kindsOf(manifest: Manifest | null): AxisKind[] {
  return AXES.filter((kind) => {
    if (kind === "compute") return manifest?.series.some((series) => series.statistic === "compute_seconds") ?? false;
    if (kind === "flops") return manifest?.flops_per_step?.some((flops) => flops > 0) ?? false;
    return kind !== "samples" || Boolean(manifest?.train_examples);
  });
}

export function axesOf(source: AxisSource): Axes {
  const { manifest, arms } = source;
  const kind = kindsOf(manifest).includes(source.kind) ? source.kind : "step";
  const unit = t(`compare.axis_unit.${kind}`);
  if (kind === "compute") {
    const own = new Map(arms.map((arm): [number, AxisMap] => [arm, computeAxis(source.compute(arm))]));
    const spent = (arm: number): number => own.get(arm)!.of(Math.min(source.lastStep, lastOf(source.compute(arm))));
    return { ...led(own, leading(arms, spent), source), unit };
  }
  if (kind === "flops") {
    const flops = manifest!.flops_per_step!;
    const lead = leading(arms, (arm) => flops[arm]!);
    const { prefix, scale } = prefixOf(source.steps * (flops[lead ?? 0] ?? 0));
    const own = new Map(arms.map((arm): [number, AxisMap] => [arm, flopsAxis(flops[arm]!, scale)]));
    return { ...led(own, lead, source), unit: t("compare.axis_unit.flops", { prefix }) };
  }
  if (kind === "samples") {
    const steps = manifest!.steps_per_epoch;
    const examples = source.dropLast ? steps * source.batch : manifest!.train_examples!;
    return { lead: samplesAxis({ steps, batch: source.batch, examples }), own: null, unit };
  }
  return { lead: axisMap(kind, manifest?.steps_per_epoch ?? 1, source.elapsed), own: null, unit };
}

function lastOf(curves: readonly Curve[]): number {
  return Math.max(0, ...curves.map((curve) => curve.lastStep));
}

function led(own: Map<number, AxisMap>, lead: number | null, source: AxisSource): Pick<Axes, "lead" | "own"> {
  const found = lead === null ? undefined : own.get(lead);
  return found === undefined ? { lead: axisMap("step", 1, source.elapsed), own: null } : { lead: found, own };
}

/** Steps that are in view from `x0` to `x1` on any of the axes. */
export function stepsInView({ lead, own }: Axes, x0: number, x1: number): [number, number] {
  const all = own === null ? [lead] : [...own.values()];
  return [Math.min(...all.map((axis) => axis.stepAt(x0))), Math.max(...all.map((axis) => axis.stepAt(x1)))];
}

/** The places of a step on the axes of the arms: least and greatest. */
export function placesOf({ lead, own }: Axes, step: number): [number, number] {
  const all = own === null ? [lead] : [...own.values()];
  const places = all.map((axis) => axis.of(step));
  return [Math.min(...places), Math.max(...places)];
}

