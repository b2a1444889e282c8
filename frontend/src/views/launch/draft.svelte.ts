/** The spec being written: survives a reload, and knows which preset it began with. */

import { armLimit, armNode, namesOf, nextArm, renamed, uniqueName } from "../../form/arms";
import type { Axis } from "../../form/axis";
import type { ObjectNode } from "../../form/schema";
import { optionLabel } from "../../form/texts";
import { type Bag, complete, get, isBag, same, set, type Value } from "../../form/values";
import { recall, remember } from "../../ui/storage";

const KEY = "normscope.draft";

/** Where a draft began. */
export interface Origin {
  /** The id of a preset, or empty. */
  preset: string;
  /** The name of the run it was copied from, or empty. */
  run: string;
  /** The checkpoint that the run goes on from. */
  fork?: ForkOrigin | null;
}

export interface ForkOrigin {
  run: string;
  name: string;
  step: number;
  /** The parent's arms. */
  arms: { name: string; norm: string }[];
}

/** The axes of the sweep that the form describes beside a run, as they are typed. */
export interface Axes {
  on: boolean;
  list: Axis[];
}

interface Stored {
  spec: Bag;
  began: Bag;
  origin: Origin;
  sources?: number[];
  insertedNorms?: Draft["insertedNorms"];
  axes?: Axes;
}

export class Draft {
  spec: Bag = $state({});
  origin: Origin = $state({ preset: "", run: "" });
  /** One number for each arm, which stays with it when arms change places. */
  ids: number[] = $state([]);
  /** Of a fork: for each arm the parent's arm it goes on from. */
  sources: number[] = $state([]);
  insertedNorms: "fresh" | "identity" = $state("fresh");
  axes: Axes = $state({ on: false, list: [] });
  /** What the draft began as, complete. */
  began: Bag = $state.raw({});
  readonly edited = $derived(!same(this.spec, this.began));
  readonly arms = $derived(Array.isArray(this.spec["arms"]) ? this.spec["arms"] : []);
  #next = 1;

  constructor(readonly schema: ObjectNode) {}

  /** Begins anew from any spec, also one with mistakes; what a sweep varies stays. */
  begin(spec: unknown, origin: Partial<Origin> = {}): void {
    const whole = complete(this.schema, isBag(spec) ? structuredClone(spec) : {}) as Bag;
    if (!Array.isArray(whole["arms"])) whole["arms"] = [];
    this.began = structuredClone(whole);
    this.insertedNorms = "fresh";
    this.#take(whole, { preset: "", run: "", ...origin });
  }

  reset(): void {
    this.#take(structuredClone(this.began), this.origin);
  }

  /** All there is, to come back to by `restore`. */
  snapshot(): Stored {
    const { began, insertedNorms } = this;
    const [origin, sources, axes] = [$state.snapshot(this.origin), $state.snapshot(this.sources), $state.snapshot(this.axes)];
    return { spec: this.plain(), began, origin, sources, insertedNorms, axes };
  }

  restore(stored: Stored): void {
    this.began = stored.began;
    this.#take(stored.spec, stored.origin, stored.sources);
    this.insertedNorms = stored.insertedNorms ?? "fresh";
    this.axes = stored.axes ?? { on: false, list: [] };
  }

  /** The spec as plain JSON. */
  plain(): Bag {
    const spec: unknown = this.spec;
    return $state.snapshot(spec) as Bag;
  }

  save(): void {
    const text = JSON.stringify(this.snapshot());
    for (const memory of ["tab", "browser"] as const) remember(KEY, text, memory);
  }

  /** Takes up what the last `save` of this tab left, else that of any; false where there is nothing of use. */
  recall(): boolean {
    const stored = parse(recall(KEY, "tab")) ?? parse(recall(KEY));
    if (stored === null) return false;
    this.restore(stored);
    return true;
  }

  set(path: string, value: unknown): void {
    const arm = /^arms\.(\d+)\.norm$/.exec(path);
    if (arm) this.#renameWithNorm(Number(arm[1]), value);
    set(this.spec, path, value);
  }

  get full(): boolean {
    return this.arms.length >= armLimit(this.schema);
  }

  add(): void {
    this.#insert(this.arms.length, nextArm(armNode(this.schema), this.arms, (kind) => optionLabel("arms.norm", kind)), 0);
  }

  duplicate(index: number): void {
    const copy = (this.plain()["arms"] as Bag[])[index]!;
    this.#insert(index + 1, { ...copy, name: uniqueName(String(copy["name"]), namesOf(this.arms)) }, this.sources[index]!);
  }

  remove(index: number): void {
    this.#arrange(this.arms.toSpliced(index, 1), this.ids.toSpliced(index, 1), this.sources.toSpliced(index, 1));
  }

  move(from: number, to: number): void {
    const moved = <T>(list: readonly T[]): T[] => list.toSpliced(from, 1).toSpliced(to, 0, list[from]!);
    this.#arrange(moved(this.arms), moved(this.ids), moved(this.sources));
  }

  /** The parent's arm that arm `index` goes on from. */
  sourceOf(index: number): { name: string; norm: string } | undefined {
    return this.origin.fork?.arms[this.sources[index]!];
  }

  /** The draft becomes a run of its own. */
  detach(): void {
    this.origin = { ...this.origin, fork: null };
  }

  #insert(at: number, arm: Value, source: number): void {
    this.#arrange(this.arms.toSpliced(at, 0, arm), this.ids.toSpliced(at, 0, this.#next++), this.sources.toSpliced(at, 0, source));
  }

  #arrange(arms: Value[], ids: number[], sources: number[]): void {
    this.spec["arms"] = arms;
    this.ids = ids;
    this.sources = sources;
  }

  #take(spec: Bag, origin: Origin, sources?: readonly number[]): void {
    this.spec = spec;
    this.origin = origin;
    const arms = spec["arms"] as Value[];
    const last = Math.max(0, (origin.fork?.arms.length ?? 1) - 1);
    this.ids = arms.map(() => this.#next++);
    this.sources = arms.map((_, index) => sources?.[index] ?? Math.min(index, last));
  }

  #renameWithNorm(index: number, norm: unknown): void {
    const label = (value: unknown) => optionLabel("arms.norm", String(get(value, "kind")));
    const names = namesOf(this.arms);
    const name = renamed(names[index]!, label(get(this.arms[index], "norm")), label(norm), names.toSpliced(index, 1));
    set(this.spec, `arms.${index}.name`, name);
  }
}

function parse(text: string | null): Stored | null {
  if (text === null) return null;
  try {
    const stored = JSON.parse(text) as Partial<Stored>;
    const usable = isBag(stored.spec) && Array.isArray(stored.spec["arms"]) && isBag(stored.began) && stored.origin;
    return usable ? (stored as Stored) : null;
  } catch {
    return null; // Written by another version, or cut short.
  }
}
