/** The state of the compare page: the run as it comes in, and how it is looked at. */

import type { Problem } from "../../api/http";
import type { Connection } from "../../api/stream";
import { type AppliedEvent, type BestEvent, type DivergedEvent, type EarlyStoppedEvent, ENDED, type Manifest, type ReplicateEndedEvent, type RewoundEvent, type RunRecord, type ScheduleWidenedEvent, type Statistic } from "../../api/types";
import { ArmCurves } from "../../data/arms";
import { axisEnd, type AxisKind, type AxisMap, growing, LONG } from "../../data/axis";
import { Curve } from "../../data/curve";
import { SeriesLookup } from "../../data/lookup";
import { typicalUnit, type Unit } from "../../data/percentiles";
import { type Change, RunSession } from "../../data/session";
import type { TimeView } from "../../plots/figure";
import { nextRange, type Range } from "../../plots/range";
import { type ArmStyle, armStyles } from "../../style/arms";
import { type Axes, axesOf, kindsOf, stepsInView } from "./axes";
import type { Spent } from "./observer";
import { Player } from "./player";
import { START, type View } from "./view";

/** Seconds of training after which its own pace says more than the estimate made before. */
const SETTLED = 5;
/** Milliseconds between updates of numbers in the page (charts follow every frame). */
const TICK = 100;

export class CompareModel {
  readonly session: RunSession;
  record: RunRecord | null = $state.raw(null);
  manifest: Manifest | null = $state.raw(null);
  fairness: unknown = $state.raw(null);
  diverged: readonly DivergedEvent[] = $state.raw([]);
  stopped: readonly EarlyStoppedEvent[] = $state.raw([]);
  best: readonly BestEvent[] = $state.raw([]);
  ended: readonly ReplicateEndedEvent[] = $state.raw([]);
  applied: readonly AppliedEvent[] = $state.raw([]);
  widened: readonly ScheduleWidenedEvent[] = $state.raw([]);
  rewound: readonly RewoundEvent[] = $state.raw([]);
  /** What is not there may only be late. */
  loading = $state(true);
  connection: Connection = $state("connecting");
  problem: Problem | null = $state.raw(null);
  view: View = $state.raw(START);
  /** Grows with the data, ten times a second at most. */
  tick = $state(0);
  lastStep = $state(0);
  playing = $state(false);
  curves: ArmCurves | null = $state.raw(null);

  readonly over = $derived(this.record !== null && ENDED.has(this.record.state));
  readonly styles: ArmStyle[] = $derived(armStyles(this.record?.spec.arms.map((arm) => arm.norm.kind) ?? []));
  readonly names: string[] = $derived(this.record?.spec.arms.map((arm) => arm.name) ?? []);
  /** Arms that are shown. */
  readonly arms: number[] = $derived(this.names.map((_, i) => i).filter((arm) => !this.view.hidden.includes(arm)));
  /** Layers with an activation, by index. */
  readonly layers: number[] = $derived(
    this.manifest?.layers.filter((layer) => layer.activation !== null).map((layer) => layer.index) ?? [],
  );
  readonly layer: number = $derived(
    this.view.layer !== null && this.layers.includes(this.view.layer) ? this.view.layer : (this.layers.at(-1) ?? 1),
  );

  /** The cap on steps per second that is in force; null: none. */
  readonly pace: number | null = $derived.by(() => {
    const last = this.applied.findLast((event) => event.kind === "set_speed");
    return last === undefined ? (this.record?.spec.speed ?? null) : last.value;
  });
  /** Each arm's base learning rate, as launched or last changed. */
  readonly rates: number[] = $derived.by(() => {
    const rates = this.record?.spec.arms.map((arm) => (arm.optimizer ?? this.record!.spec.optimizer).learning_rate) ?? [];
    for (const { kind, value, arm } of this.applied) {
      if (kind !== "set_learning_rate" || value === null) continue;
      for (const index of rates.keys()) if (arm === null || arm === index) rates[index] = value;
    }
    return rates;
  });

  /** Axes that the run's measurements allow. */
  readonly kinds: AxisKind[] = $derived(kindsOf(this.manifest));

  private readonly charts = new Set<{ invalidate(): void }>();
  /** What else than the compare page shows of vectors. */
  private readonly wanted = new Set<() => readonly (number | null)[]>();
  private readonly player: Player;
  private lookup: SeriesLookup | null = null;
  private nextTick = 0;
  private typical = $state.raw(new Map<number, number>());
  /** Asked for by every mark of every chart. */
  private known: { key: string; manifest: Manifest | null; axes: Axes } | null = null;
  /** Of axes whose ends move by jumps. */
  private readonly ends = new Map<AxisKind, number>();
  private long = false;
  private held: { layer: number; range: Range } | null = null;

  constructor(id: string) {
    this.session = new RunSession(id, (what) => this.take(what));
    this.session.watched = (): readonly number[] => this.curves?.used() ?? [];
    this.player = new Player({
      end: () => this.lastStep,
      cursor: () => this.view.step,
      speed: () => this.view.speed,
      move: (step) => {
        this.look({ step });
        this.playing = this.player.playing;
      },
    });
  }

  start(): void {
    void this.session.start();
  }

  close(): void {
    this.player.stop();
    this.session.close();
    window.clearTimeout(this.nextTick);
  }

  /** Charts that are repainted when data or view change. */
  add(chart: { invalidate(): void }): () => void {
    this.charts.add(chart);
    return () => this.charts.delete(chart);
  }

  /** Vectors that are fetched as long as they are looked at; `ids` is asked again when the layer changes. */
  want(ids: (lookup: SeriesLookup) => readonly (number | null)[]): () => void {
    const wanted = (): readonly (number | null)[] => (this.lookup === null ? [] : ids(this.lookup));
    this.wanted.add(wanted);
    this.fetchVectors();
    return (): void => void this.wanted.delete(wanted);
  }

  look(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    if ("layer" in change) this.fetchVectors();
    if ("zoom" in change || "hidden" in change || "axis" in change) this.lookCloser();
    this.repaint();
  }

  /** Null or the newest step: live. */
  moveTo(step: number | null): void {
    this.look({ step: step === null || step >= this.lastStep ? null : Math.max(0, step) });
  }

  togglePlay(): void {
    if (this.playing) this.player.stop();
    else if (this.lastStep > 0) this.player.play();
    this.playing = this.player.playing;
  }

  toggleArm(arm: number): void {
    const { hidden } = this.view;
    const next = hidden.includes(arm) ? hidden.filter((other) => other !== arm) : [...hidden, arm];
    if (next.length < this.names.length) this.look({ hidden: next });
  }

  /** What was chosen on a card; undefined: nothing yet. */
  picked(card: string): string | undefined {
    return this.view.picks[card];
  }

  pick(card: string, value: string): void {
    this.look({ picks: { ...this.view.picks, [card]: value } });
  }

  isFlipped(chart: string): boolean {
    return this.view.flipped.includes(chart);
  }

  flip(chart: string): void {
    const { flipped } = this.view;
    this.look({ flipped: flipped.includes(chart) ? flipped.filter((id) => id !== chart) : [...flipped, chart] });
  }

  /** Where the steps lie on the axis that is chosen. */
  get axes(): Axes {
    const key = [this.view.axis, this.arms, this.lastStep, this.steps, this.session.series.version].join();
    if (this.known?.key !== key || this.known.manifest !== this.manifest) this.known = { key, manifest: this.manifest, axes: this.findAxes() };
    return this.known.axes;
  }

  private findAxes(): Axes {
    const { record, manifest } = this;
    return axesOf({
      kind: this.view.axis,
      manifest,
      batch: record?.spec.batch_size ?? 1,
      dropLast: record?.spec.drop_last ?? true,
      elapsed: this.ofRun("elapsed_seconds")?.curve ?? new Curve(1),
      compute: (arm) => this.curves?.each("compute_seconds", arm) ?? [],
      arms: this.arms,
      lastStep: this.lastStep,
      steps: this.steps,
    });
  }

  /** The arm's own axis where the arms' differ. */
  axisOf(arm: number): AxisMap | undefined {
    return this.axes.own?.get(arm);
  }

  /** A series of the whole run; null: it is not measured. */
  ofRun(statistic: Statistic): Spent | null {
    const id = this.lookup?.id(statistic) ?? null;
    return id === null ? null : { curve: this.session.series.curve(id), tail: this.session.series.tail(id) };
  }

  private get steps(): number {
    return this.over && this.lastStep > 0 ? Math.max(this.lastStep, 1) : (this.record?.steps ?? 1);
  }

  time(): TimeView {
    const { lead: axis, unit } = this.axes;
    const { zoom } = this.view;
    const end = axisEnd(axis, this.visibleSteps(this.steps), this.lastStep, this.over, this.ends.get(axis.kind) ?? 0);
    this.ends.set(axis.kind, end);
    const [x0, x1] = zoom === null ? [0, end] : [axis.of(zoom[0]), axis.of(zoom[1])];
    return { axis, x0, x1: x1 > x0 ? x1 : x0 + 1, cursor: this.view.step, unit };
  }

  /** Asks for finer points of what is in view of any arm. */
  private lookCloser(): void {
    const { zoom } = this.view;
    if (zoom === null) return this.session.finer.look(null);
    const { axes } = this;
    const [from, to] = stepsInView(axes, axes.lead.of(zoom[0]), axes.lead.of(zoom[1]));
    this.session.finer.look([Math.floor(from), Math.min(Math.ceil(to), Math.max(zoom[1], this.lastStep))]);
  }

  /** A long run starts with a part of the axis, which doubles when it is full; else nothing would be seen at first. */
  private visibleSteps(steps: number): number {
    const { record } = this;
    if (this.over || record === null || this.view.step !== null) return steps;
    const paced = record.elapsed_seconds >= SETTLED && record.eta_seconds !== null;
    const expected = paced ? record.elapsed_seconds + record.eta_seconds! : record.estimated_seconds;
    this.long ||= expected !== null && expected > LONG;
    return this.long ? growing(steps, this.lastStep) : steps;
  }

  zoom(range: [number, number] | null): void {
    if (range === null) return this.look({ zoom: null });
    const from = Math.max(0, Math.round(range[0]));
    const to = Math.min(this.record?.steps ?? range[1], Math.round(range[1]));
    if (to - from >= 2) this.look({ zoom: [from, to] });
    else this.repaint();
  }

  /** The unit whose percentiles are shown; a typical one until somebody chooses. */
  get unit(): Unit {
    return this.view.unit ?? this.typical.get(this.layer) ?? 0;
  }

  /** Ends of the histograms' common axis: they move only when the data no longer fit. */
  histogramRange(extent: readonly [number, number] | null): Range {
    const held = this.held?.layer === this.layer ? this.held.range : null;
    const range = nextRange(extent, held, { log: false, fixed: null, include: null });
    this.held = { layer: this.layer, range };
    return range;
  }

  /** The number of a vector of an arm; null: it is not measured. */
  vectorId(statistic: Statistic, arm: number, layer: number | null): number | null {
    return this.lookup?.id(statistic, arm, this.manifest!.seeds[0]!, layer) ?? null;
  }

  fetchVectors(): void {
    const { lookup, manifest } = this;
    if (lookup === null || manifest === null) return;
    const ids = manifest.arms.flatMap((_, arm) =>
      (["p15", "p50", "p85", "histogram"] as const).map((name) => lookup.id(name, arm, manifest.seeds[0]!, this.layer)),
    );
    const boundaries = manifest.arms.map((_, arm) => lookup.id("boundary", arm, manifest.seeds[0]!));
    const others = [...this.wanted].flatMap((wanted) => wanted());
    void this.session.ensureVectors([...ids, ...boundaries, ...others].filter((id) => id !== null));
  }

  repaint(): void {
    for (const chart of this.charts) chart.invalidate();
  }

  private take(what: Change): void {
    const { session } = this;
    if (what === "record") this.record = session.record;
    else if (what === "manifest" && session.manifest !== null) this.adopt(session.manifest);
    else if (what === "connection") this.connection = session.connection;
    else if (what === "problem") this.problem = session.problem;
    else if (what === "loading") this.loading = session.loading;
    else if (what === "events") {
      this.diverged = session.diverged;
      this.stopped = session.stopped;
      this.best = session.best;
      this.ended = session.ended;
      this.applied = session.applied;
      this.widened = session.widened;
      this.rewound = session.rewound;
      this.repaint();
    }
    if (what === "data" || what === "record") this.later();
    if (what === "data") {
      if (this.lastStep === 0) this.lastStep = this.newestStep();
      this.repaint();
    }
  }

  private adopt(manifest: Manifest): void {
    this.manifest = manifest;
    this.fairness = this.session.fairness;
    this.lookup = new SeriesLookup(manifest);
    const curves = new ArmCurves(this.lookup, this.session.series, this.session.vectors);
    curves.survivors = (arm): readonly number[] => {
      const gone = new Set(this.session.diverged.filter((event) => event.arm === arm).map((event) => event.seed));
      const left = manifest.seeds.filter((seed) => !gone.has(seed));
      return left.length > 0 ? left : manifest.seeds;
    };
    this.curves = curves;
    queueMicrotask(() => this.fetchVectors());
  }

  /** Brings the numbers of the page up to date soon. */
  private later(): void {
    if (this.nextTick !== 0) return;
    this.nextTick = window.setTimeout(() => {
      this.nextTick = 0;
      this.tick += 1;
      const before = this.lastStep;
      this.lastStep = Math.max(before, this.newestStep());
      if (this.lastStep !== before) this.repaint();
      this.chooseUnits();
      if (this.over) this.fetchVectors();
    }, TICK);
  }

  private newestStep(): number {
    const id = this.lookup?.id("elapsed_seconds") ?? null;
    if (id === null) return 0;
    const tail = this.session.series.tail(id);
    return Math.max(0, tail?.step ?? this.session.series.curve(id).lastStep);
  }

  /** A layer's typical unit is chosen once, from the first arm's earliest observation, and stays. */
  private chooseUnits(): void {
    for (const layer of this.layers) {
      if (this.typical.has(layer)) continue;
      const p15 = this.curves?.vector("p15", 0, layer, 0);
      const p85 = this.curves?.vector("p85", 0, layer, 0);
      if (!p15 || !p85) continue;
      this.typical = new Map(this.typical).set(layer, typicalUnit(p15, p85));
      this.repaint();
    }
  }
}
