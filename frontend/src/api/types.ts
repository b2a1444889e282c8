/** What travels between server and page, as `normscope.core` defines it. NaN and infinity are numbers here (see `http.ts`). */

export type RunState =
  | "queued"
  | "starting"
  | "running"
  | "paused"
  | "finished"
  | "stopped"
  | "failed"
  | "interrupted";
export type Metric =
  | "train_loss"
  | "train_accuracy"
  | "validation_loss"
  | "validation_accuracy"
  | "test_loss"
  | "test_accuracy";
export type ReplicateState = "running" | "finished" | "diverged" | "stopped_early" | "stuck";
export type NormKind = "none" | "batch" | "layer" | "group" | "rms";
export type ActivationKind = "sigmoid" | "tanh" | "relu" | "gelu";

export const ENDED: ReadonlySet<RunState> = new Set<RunState>(["finished", "stopped", "failed", "interrupted"]);

export interface Norm {
  kind: NormKind;
  placement?: "before_activation" | "after_activation";
  groups?: number;
}

export interface ArmSpec {
  name: string;
  norm: Norm;
  [field: string]: unknown;
}

export interface RunSpec {
  name: string;
  dataset: { kind: string; train_examples?: number | null };
  model: { kind: string; hidden: number[]; activation: ActivationKind };
  arms: ArmSpec[];
  batch_size: number;
  steps: number;
  seeds: number[];
  evaluate_every: number;
  probes: { layers: boolean; distributions_every: number; histogram_bins: number };
  [field: string]: unknown;
}

export type Metrics = Partial<Record<Metric, number>>;

export interface ArmProgress {
  name: string;
  replicates: Record<ReplicateState, number>;
  latest: Metrics;
  best: Metrics;
  best_step: Metrics;
  final: Metrics;
  parameters: number;
  /** Seconds this arm's own forward, backward and step took. */
  compute_seconds: number;
}

export interface RunRecord {
  id: string;
  name: string;
  spec: RunSpec;
  state: RunState;
  step: number;
  steps: number;
  steps_per_second: number | null;
  eta_seconds: number | null;
  elapsed_seconds: number;
  phase: "preparing" | "training" | "evaluating" | "testing";
  phase_fraction: number | null;
  arms: ArmProgress[];
  fairness: unknown;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  error: string | null;
  epoch: number;
  sequence: number;
  version: number;
  estimated_seconds: number | null;
}

export interface Layer {
  index: number;
  name: string;
  units: number;
  activation: ActivationKind | null;
}

export interface SeriesInfo {
  id: number;
  arm: number | null;
  seed: number | null;
  layer: number | null;
  statistic: string;
  unit: string;
  vector: boolean;
}

export interface Manifest {
  arms: string[];
  seeds: number[];
  layers: Layer[];
  series: SeriesInfo[];
  steps: number;
  steps_per_epoch: number;
  classes: number;
}

export interface ManifestEvent {
  type: "manifest";
  manifest: Manifest;
  fairness: unknown;
}

export interface AppliedEvent {
  type: "applied";
  command_id: string;
  kind: string;
  step: number;
}

export interface DivergedEvent {
  type: "diverged";
  arm: number;
  seed: number;
  step: number;
  layer: number | null;
  where: "input" | "output" | "parameters" | "gradient" | "loss";
  /** Last finite value of each scalar statistic, keyed `statistic` or `statistic@layer`. */
  last_finite: Record<string, number>;
  message: string;
}

export interface ReplicateEndedEvent {
  type: "replicate_ended";
  arm: number;
  seed: number;
  step: number;
  state: ReplicateState;
  final: Metrics;
}

export type RunEvent = ManifestEvent | AppliedEvent | DivergedEvent | ReplicateEndedEvent;

export interface NumberedEvent {
  sequence: number;
  event: RunEvent;
}

export interface Hello {
  type: "hello";
  epoch: number;
  sequence: number;
  /** False: what the page holds is not continuable; clear, load telemetry, stream on from there. */
  recovered: boolean;
  record: RunRecord;
}

export interface StateMessage {
  type: "state";
  record: RunRecord;
}
