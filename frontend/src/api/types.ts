/** What travels between server and page: named parts of the generated description of the API. */

import type { components } from "./generated/types";

type Schemas = components["schemas"];

/** The server writes NaN and infinity as text, since JSON has no word for them; `http.ts` reads them back as numbers. */
type Revived<T> = T extends "NaN" | "Infinity" | "-Infinity" ? number : T extends object ? { [K in keyof T]: Revived<T[K]> } : T;

export type RunSpec = Revived<Schemas["RunSpec"]>;
export type RunRecord = Revived<Schemas["RunRecord"]>;
export type RunState = RunRecord["state"];
export type ReplicateState = keyof Schemas["ReplicateCounts"];
/** A run of an earlier version says less. */
export type Manifest = Omit<Schemas["Manifest"], "series" | "flops_per_step"> & {
  series: readonly SeriesInfo[];
  flops_per_step?: readonly number[];
};
export type Plane = Schemas["Plane"];
export type Layer = Schemas["Layer"];
export type SeriesInfo = Omit<Schemas["Series"], "statistic"> & { statistic: Statistic };
export type Statistic = Schemas["Series"]["statistic"];
export type Metric =
  | "train_loss"
  | "train_accuracy"
  | "validation_loss"
  | "validation_accuracy"
  | "test_loss"
  | "test_accuracy";

export type Offers = Schemas["Catalog"];
export type DeviceOffer = Schemas["DeviceAnswer"];
export type DataSetOffer = Schemas["DataSetAnswer"];
export type PresetOffer = Schemas["PresetAnswer"];
export type Estimated = Schemas["EstimateAnswer"];

export type ManifestEvent = Schemas["ManifestEvent"];
export type AppliedEvent = Schemas["AppliedEvent"];
export type DivergedEvent = Revived<Schemas["DivergedEvent"]>;
export type ReplicateEndedEvent = Revived<Schemas["ReplicateEndedEvent"]>;
export type RewoundEvent = Schemas["RewoundEvent"];
export type CheckpointEvent = Schemas["CheckpointEvent"];
export type BestEvent = Revived<Schemas["BestEvent"]>;
export type EarlyStoppedEvent = Revived<Schemas["EarlyStoppedEvent"]>;
/** To stay within its budget the run measures less often from this step on: `every` steps from one observation to the next. */
export type ScheduleWidenedEvent = Schemas["ScheduleWidenedEvent"];
export type RunEvent =
  | ScheduleWidenedEvent
  | ManifestEvent
  | AppliedEvent
  | RewoundEvent
  | CheckpointEvent
  | BestEvent
  | EarlyStoppedEvent
  | DivergedEvent
  | ReplicateEndedEvent;
export type NumberedEvent = Revived<Schemas["NumberedEvent"]>;
export type Hello = Revived<Schemas["Hello"]>;
export type StateMessage = Revived<Schemas["StateMessage"]>;

export const ENDED: ReadonlySet<RunState> = new Set<RunState>(["finished", "stopped", "failed", "interrupted"]);

export type SweepSpec = Revived<Schemas["SweepSpec"]>;
export type SweepSummary = Revived<Schemas["SweepSummary"]>;
export type SweepRecord = Revived<Schemas["SweepRecord"]>;
export type CellRecord = Revived<Schemas["CellRecord"]>;
export type ArmCell = Revived<Schemas["ArmCell"]>;
export type SweepEstimated = Schemas["SweepEstimate"];
export type SweepPreset = Revived<Schemas["SweepPresetAnswer"]>;
/** A value of an axis. */
export type AxisValue = CellRecord["values"][number];

export type ClaimSummary = Revived<Schemas["ClaimSummary"]>;
export type Claim = Revived<Schemas["ClaimAnswer"]>;
export type TrialRecord = Revived<Schemas["TrialRecord"]>;
export type TrialRun = TrialRecord["runs"][number];
export type Judged = NonNullable<TrialRecord["judged"]>;
export type Verdict = Judged["verdict"];
export type ExperimentKind = TrialRecord["experiment"];
export type LargerKind = ClaimSummary["larger"][number]["kind"];
/** What came out of a claim before a release. */
export type Recording = Revived<Schemas["Recording"]>;
export type RecordedTrial = Recording["main"];
export type RecordedFigure = RecordedTrial["figures"][number];

export type RoomOpened = Schemas["RoomOpened"];
export type RoomState = Schemas["RoomState"];
export type RoomView = Schemas["RoomView"];
export type Phase = RoomView["phase"];
export type Pointer = NonNullable<RoomView["pointer"]>;
export type RoomMessage = Schemas["Lead"] | Schemas["Show"] | Schemas["Close"] | Schemas["Vote"];
/** What a class may say before an experiment is shown. */
export type RoomVote = Schemas["Vote"]["prediction"];
