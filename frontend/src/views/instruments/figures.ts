/** What the instruments' charts show, as figures. */

import type { Statistic } from "../../api/types";
import { edges, type Histogram, histogramOf, shares } from "../../data/histogram";
import { Spread } from "../../data/spread";
import { t } from "../../messages";
import type { Figure, LineMark, OutlineMark, TimeView, YAxis } from "../../plots/figure";
import { cut } from "../../plots/labels";
import { nextRange, type Range } from "../../plots/range";
import { base, endOf, inkOf } from "../compare/figures";
import type { CompareModel } from "../compare/model.svelte";

/** What every chart over time needs of the page. */
export interface Shared {
  time: () => TimeView;
  onzoom: (range: [number, number] | null) => void;
  onpick: (step: number) => void;
  join: (chart: { invalidate(): void }) => () => void;
}

export function sharedBy(model: CompareModel): Shared {
  return {
    time: () => model.time(),
    onzoom: (range) => model.zoom(range),
    onpick: (step) => model.moveTo(step),
    join: (chart) => model.add(chart),
  };
}

/** A line of each arm that has this statistic. */
export interface Drawn {
  statistic: Statistic;
  layer?: number | null;
  /** Said after the arm's name where it is hovered; empty: nothing. */
  name?: string;
  dash?: readonly number[];
  width?: number;
  alpha?: number;
  /** Written at the line's end instead of the arm's name. */
  label?: string;
}

/** Lines of all arms; with several seeds their extent as a band. The first of `drawn` bears the arms' names. */
export function linesFigure(model: CompareModel, drawn: readonly Drawn[], y: Partial<YAxis> = {}): Figure {
  const banded = (model.manifest?.seeds.length ?? 1) > 1;
  const marks = drawn.flatMap((what, i) =>
    model.arms.flatMap((arm): LineMark[] => {
      const found = model.curves?.get(what.statistic, arm, what.layer ?? null);
      if (!found) return [];
      const own = base(model, arm);
      return [
        {
          ...own,
          name: what.name ? t("instruments.line_of", { arm: own.name, line: what.name }) : own.name,
          ink: { ...own.ink, dash: what.dash ?? own.ink.dash },
          curve: found.raw,
          band: banded && i === 0 ? found.raw : null,
          spoken: banded && i === 0,
          tail: found.tail,
          width: what.width ?? 1.75,
          alpha: what.alpha ?? 1,
          bandAlpha: 0.16,
          label: what.label ?? (i === 0 && model.arms.length <= 4 && endOf(model, arm) === null ? cut(own.name, 14) : ""),
          end: i === 0 ? endOf(model, arm) : null,
        },
      ];
    }),
  );
  return overTime(marks, y);
}

export function overTime(marks: LineMark[], y: Partial<YAxis>): Figure {
  const axis: YAxis = { unit: "", log: false, fixed: null, include: null, ...y };
  return { x: { kind: "time" }, y: axis, columns: 1, panels: [{ title: "", ink: null, marks }] };
}

/** Whether an arm has a statistic at a layer (null: of the whole network). */
export function measures(model: CompareModel, statistic: Statistic, arm: number, layer: number | null): boolean {
  return model.manifest?.series.some((one) => one.statistic === statistic && one.arm === arm && one.layer === layer) ?? false;
}

/** What an empty card says: no network here has what it shows, which the manifest knows, or it is not there yet. */
export function emptyText(model: CompareModel, has: (arm: number) => boolean, waiting: string, none: string): string {
  return model.manifest === null || model.arms.some(has) ? waiting : none;
}

/** Means over the units with one standard deviation to both sides. */
export class SpreadFigure {
  private readonly kept = new Map<string, Spread>();

  figure(model: CompareModel, mean: Statistic, spread: Statistic, layer: number, unit: string): Figure {
    const marks = model.arms.flatMap((arm): LineMark[] => {
      const middle = model.curves?.get(mean, arm, layer);
      const width = model.curves?.get(spread, arm, layer);
      if (!middle || !width) return [];
      const key = `${mean}|${arm}|${layer}`;
      const kept = this.kept.get(key) ?? new Spread();
      this.kept.set(key, kept);
      const curve = kept.update(middle.raw, width.raw);
      const label = model.arms.length <= 4 ? cut(model.names[arm]!, 14) : "";
      return [{ ...base(model, arm), curve, band: curve, tail: null, width: 1.75, alpha: 1, bandAlpha: 0.18, spoken: true, label, end: endOf(model, arm) }];
    });
    return overTime(marks, { unit });
  }
}

const BINS = 60;

/** Histograms at the cursor over each other on common bins; the range stays as long as it fits. */
export class HistogramFigure {
  private held: { key: string; range: Range } | null = null;

  /** `statistic` of an arm, null: it has none. `value`: what is counted, at the axis. */
  figure(model: CompareModel, statistic: (arm: number) => Statistic | null, layer: number, value: string): Figure {
    const found = model.arms.flatMap((arm): { arm: number; histogram: Histogram }[] => {
      const name = statistic(arm);
      const row = name === null ? null : (model.curves?.vector(name, arm, layer, model.view.step) ?? null);
      const histogram = row === null ? null : histogramOf(row);
      return histogram === null ? [] : [{ arm, histogram }];
    });
    const wanted = bulk(found.map((one) => one.histogram));
    const key = String(layer);
    const range = nextRange(wanted, this.held?.key === key ? this.held.range : null, { log: false, fixed: null, include: null });
    this.held = { key, range };
    const marks = found.map(({ arm, histogram }): OutlineMark => {
      const counts = shares(histogram, range[0], range[1], BINS);
      return { kind: "outline", name: model.names[arm]!, ink: inkOf(model, arm), edges: edges(range[0], range[1], BINS), counts, fill: found.length > 3 ? 0.04 : 0.16 };
    });
    return {
      x: { kind: "number", unit: value, range: found.length > 0 ? range : null },
      y: { unit: t("stats.unit.share"), log: false, fixed: null, include: 0 },
      columns: 1,
      panels: [{ title: "", ink: null, marks }],
    };
  }
}

/** Ends that hold all but the outermost thousandth of each histogram; null: there is none. */
export function bulk(all: readonly Histogram[], left = 0.001): Range | null {
  if (all.length === 0) return null;
  const ends = all.map((one) => [quantile(one, left), quantile(one, 1 - left)] as const);
  return [Math.min(...ends.map(([low]) => low)), Math.max(...ends.map(([, high]) => high))];
}

/** The value that a share of all lies below, values spread evenly in their bins. */
export function quantile({ low, high, counts }: Histogram, share: number): number {
  let total = 0;
  for (const count of counts) total += count;
  const width = (high - low) / counts.length;
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    const next = below + counts[i]!;
    if (next >= share * total && counts[i]! > 0) return low + width * (i + (share * total - below) / counts[i]!);
    below = next;
  }
  return high;
}

