/** One claim and its newest trials, followed while they run. */

import { getClaim, getTrial, stopTrial, tryClaim } from "../../api/claims";
import { Problem } from "../../api/http";
import type { Claim, ExperimentKind, TrialRecord } from "../../api/types";
import { t } from "../../messages";
import { recall, remember } from "../../ui/storage";
import { toasts } from "../../ui/toasts.svelte";
import { experimentsOf } from "./experiments";
import { underWay } from "./list.svelte";

const EVERY = 500; // milliseconds, while a trial runs

export type Prediction = "supported" | "refuted" | "shown";

export class ClaimModel {
  claim: Claim | null = $state.raw(null);
  error: Problem | null = $state.raw(null);
  trials: Partial<Record<ExperimentKind, TrialRecord>> = $state.raw({});
  /** What the visitor said would come out; null: nothing yet, and nothing is shown. */
  prediction: Prediction | null = $state(null);
  busy: ExperimentKind | null = $state(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(readonly id: string) {
    const said = recall(this.#key, "tab");
    if (said === "supported" || said === "refuted" || said === "shown") this.prediction = said;
  }

  get #key(): string {
    return `prediction.${this.id}`;
  }

  follow(): () => void {
    void this.#load();
    return () => {
      this.#ended = true;
      clearTimeout(this.#timer);
    };
  }

  predict(prediction: Prediction | null): void {
    this.prediction = prediction;
    remember(this.#key, prediction, "tab");
  }

  /** Launches an experiment; where the server refuses, says why and stays. */
  async launch(experiment: ExperimentKind): Promise<void> {
    this.busy = experiment;
    try {
      this.#take(await tryClaim(this.id, experiment));
      this.#later();
    } catch (error) {
      this.#say(error);
    }
    this.busy = null;
  }

  async stop(trial: TrialRecord): Promise<void> {
    try {
      await stopTrial(trial.id);
      this.#renew(await getTrial(trial.id));
    } catch (error) {
      this.#say(error);
    }
  }

  /** Shows this trial, whosever it is: in a room the lecturer's. */
  async see(id: string): Promise<void> {
    if (Object.values(this.trials).some((trial) => trial.id === id)) return;
    try {
      const trial = await getTrial(id);
      if (trial.claim === this.id) this.#take(trial);
    } catch (error) {
      // The server is away, or the trial is gone: what was shown stays.
      if (!(error instanceof Problem)) throw error;
    }
    this.#later();
  }

  async #load(): Promise<void> {
    try {
      const claim = await getClaim(this.id);
      this.claim = claim;
      this.trials = Object.fromEntries(experimentsOf(claim).flatMap(({ kind, trial }) => (trial === null ? [] : [[kind, trial]])));
      this.error = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.error = error;
    }
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    const moving = Object.values(this.trials).filter(underWay);
    if (this.claim === null) this.#timer = setTimeout(() => void this.#load(), 2000);
    else if (moving.length > 0) this.#timer = setTimeout(() => void this.#look(), EVERY);
  }

  async #look(): Promise<void> {
    try {
      for (const trial of Object.values(this.trials)) {
        if (underWay(trial)) this.#renew(await getTrial(trial.id));
      }
    } catch (error) {
      // The server is away: the next look may find it again.
      if (!(error instanceof Problem)) throw error;
    }
    this.#later();
  }

  /** News of a trial that is shown: an answer may come when another has taken its place. */
  #renew(trial: TrialRecord): void {
    if (this.trials[trial.experiment]?.id === trial.id) this.#take(trial);
  }

  #take(trial: TrialRecord): void {
    this.trials = { ...this.trials, [trial.experiment]: trial };
  }

  #say(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    const text = error.unreachable ? t("shell.away.title") : t("launch.failed", { reason: error.message });
    toasts.show(text, { tone: "failed", seconds: 12 });
  }
}
