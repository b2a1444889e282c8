/** A claim's experiments, whatever they are called; and what stands in the way of a larger one on this server. */

import type { ClaimSummary, DataSetOffer, ExperimentKind, LargerKind, Offers, TrialRecord } from "../../api/types";
import { t } from "../../messages";
import { bytes, duration, roughly } from "../../ui/format";
import type { Unit } from "./evidence";

type Larger = ClaimSummary["larger"][number];

export interface Experiment {
  kind: ExperimentKind;
  unit: Unit;
  /** Estimated. */
  seconds: number;
  /** The newest. */
  trial: TrialRecord | null;
}

/** In the order in which they are shown. */
export function experimentsOf(claim: ClaimSummary): Experiment[] {
  return [
    { kind: "main", unit: claim.unit, seconds: claim.estimated_seconds, trial: claim.trial },
    { kind: "counter", unit: claim.counter_unit, seconds: claim.counter_estimated_seconds, trial: claim.counter_trial },
    ...claim.larger.map(({ kind, unit, estimated_seconds, trial }) => ({ kind, unit, seconds: estimated_seconds, trial })),
  ];
}

export function largerOf(claim: ClaimSummary, kind: ExperimentKind): Larger | undefined {
  return claim.larger.find((larger) => larger.kind === kind);
}

/** Title of an experiment, by its counter-experiment's or its data set's where it is not the claim's own. */
export function experimentTitle(claim: ClaimSummary, kind: ExperimentKind): string {
  if (kind === "main") return t("claim.experiment");
  if (kind === "counter") return t("claim.counter_title", { title: t(`claims.${claim.id}.counter.title`) });
  return t("claim.larger_title", { dataset: largerOf(claim, kind)?.dataset ?? kind });
}

/** Whether a larger experiment can be launched here, and what is to be known before. */
export function atHand(claim: ClaimSummary, kind: ExperimentKind, offers: Offers | null): { possible: boolean; note: string } {
  const larger = largerOf(claim, kind);
  if (larger === undefined || offers === null) return { possible: true, note: "" };
  const { seconds } = offers.limits;
  if (larger.longest_seconds > seconds) {
    const params = { time: roughly(larger.longest_seconds), limit: duration(seconds), command: command(claim, [larger.kind]) };
    return { possible: false, note: t("claim.larger_too_long", params) };
  }
  const dataset = offers.datasets.find((each) => each.kind === kind);
  return dataset === undefined || dataset.at_hand ? { possible: true, note: "" } : { possible: dataset.downloadable, note: absent(dataset) };
}

/** Of a trial that has more seeds than one run can have: those of one of its runs. */
export function seedsText(seeds: readonly number[]): string {
  return t("claim.seeds", { first: seeds[0] ?? "", last: seeds.at(-1) ?? "" });
}

/** `claim.run_name.<key>` and the form of the server's English name; its named parts are the parameters. */
const NAMES: readonly (readonly [key: string, form: RegExp])[] = [
  ["rate", /^Learning rate (?<value>\S+)$/],
  ["twenty", /^Twenty sigmoid layers$/],
  ["deep", /^Deep ReLU, He's weights$/],
  ["batches", /^Batches of (?<value>\d+)$/],
  ["convolution_batches", /^Convolutions, batches of (?<value>\d+)$/],
  ["wrong", /^Wrong labels: the best weights$/],
  ["right", /^Right labels: the best weights$/],
  ["gradients", /^Minibatch gradients$/],
  ["gradients_batch", /^Minibatch gradients with BatchNorm$/],
  ["ten_on", /^Ten convolutions on (?<data>\S+), (?<activation>\w+)$/],
  ["ten", /^Ten convolutions, (?<activation>\w+)$/],
  ["five", /^Five convolutions, (?<activation>\w+)$/],
  ["mini", /^Minibatches of (?<value>\d+)$/],
  ["full", /^Full batches, rate (?<value>\S+)$/],
];

/** The name of a claim's run in the page's language; one whose form is not known stays as it is. */
export function runName(name: string): string {
  for (const [key, form] of NAMES) {
    const found = form.exec(name);
    if (found !== null) return t(`claim.run_name.${key}`, { ...found.groups });
  }
  return name;
}

/** What tries it without a browser. */
export function command(claim: ClaimSummary, larger: readonly LargerKind[]): string {
  return ["normscope claim run", String(claim.number), ...larger.map((kind) => `--larger ${kind}`)].join(" ");
}

function absent({ title, downloadable, download_bytes, files, address, kind }: DataSetOffer): string {
  const params = { dataset: title, size: bytes(download_bytes), files: files.join(", "), address, folder: kind };
  return t(downloadable ? "claim.larger_download" : "claim.larger_absent", params);
}
