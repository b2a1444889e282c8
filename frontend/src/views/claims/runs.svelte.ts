/** The runs of a trial as its charts need them: some followed live, of the others the record. */

import { SvelteMap } from "svelte/reactivity";

import { Problem } from "../../api/http";
import { getRun } from "../../api/runs";
import { ENDED, type RunRecord, type TrialRecord, type TrialRun } from "../../api/types";
import { CompareModel } from "../compare/model.svelte";
import type { ClaimChart } from "./charts";

export class TrialRuns {
  /** Runs that are followed, by their name in the experiment. */
  readonly models = new SvelteMap<string, CompareModel>();
  /** By id: of runs whose last metrics are compared. */
  readonly records = new SvelteMap<string, RunRecord>();
  /** The run that charts without a name of their own show. */
  watched: TrialRun | null = $state.raw(null);
  private readonly asked = new Set<string>();
  private closed = false;

  constructor(private readonly charts: readonly ClaimChart[]) {}

  /** To be called whenever the trial has news. */
  follow(trial: TrialRecord): void {
    const named = new Map<string, TrialRun>();
    for (const run of trial.runs) if (run.run !== null && !named.has(run.name)) named.set(run.name, run);
    this.watched = this.choose(trial, [...named.values()]);
    for (const [name, run] of named) if (this.isFollowed(name)) this.open(name, run.run!);
    for (const name of [...this.models.keys()]) if (!named.has(name) || !this.isFollowed(name)) this.shut(name);
    for (const run of trial.runs) if (this.isCompared(run.name)) void this.ask(run);
  }

  model(name: string | undefined): CompareModel | null {
    return this.models.get(name ?? this.watched?.name ?? "") ?? null;
  }

  close(): void {
    this.closed = true;
    for (const name of [...this.models.keys()]) this.shut(name);
  }

  /** The run that trains; while none does, the one that was watched last. */
  private choose(trial: TrialRecord, runs: readonly TrialRun[]): TrialRun | null {
    const before = runs.find((run) => run.run === this.watched?.run);
    if (before !== undefined && !ENDED.has(before.state)) return before;
    return trial.runs.find((run) => run.run !== null && run.state === "running") ?? before ?? runs[0] ?? null;
  }

  private isFollowed(name: string): boolean {
    return this.charts.some((chart) => {
      if (chart.kind === "race") return true;
      if (chart.kind === "swept" || chart.kind === "map") return false;
      return (("run" in chart ? chart.run : undefined) ?? this.watched?.name) === name;
    });
  }

  private isCompared(name: string): boolean {
    return this.charts.some((chart) => chart.kind === "map" || (chart.kind === "swept" && chart.without !== name));
  }

  private open(name: string, id: string): void {
    const known = this.models.get(name);
    if (known?.session.id === id) return;
    known?.close();
    // Outside the effect that is at work: what is derived in the model is still read when that effect is gone.
    let model: CompareModel | undefined;
    $effect.root(() => void (model = new CompareModel(id)));
    this.models.set(name, model!);
    model!.start();
  }

  private shut(name: string): void {
    this.models.get(name)?.close();
    this.models.delete(name);
  }

  /** Of a run that has begun, again until it has ended. */
  private async ask({ run, step }: TrialRun): Promise<void> {
    if (run === null || step === 0 || this.asked.has(run)) return;
    const known = this.records.get(run);
    if (known !== undefined && ENDED.has(known.state)) return;
    this.asked.add(run);
    try {
      const record = await getRun(run);
      if (!this.closed) this.records.set(run, record);
    } catch (error) {
      // Deleted meanwhile, or the server is away: the next look may find it.
      if (!(error instanceof Problem)) throw error;
    }
    this.asked.delete(run);
  }
}
