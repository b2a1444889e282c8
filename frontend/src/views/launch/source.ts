/** Where a draft comes from when the page opens: the address names a preset, a run or a whole spec. */

import { getRun } from "../../api/runs";
import { catalog } from "../../form/catalog.svelte";
import { t } from "../../messages";
import { decodeSpec } from "../../form/share";
import { isBag } from "../../form/values";
import { toasts } from "../../ui/toasts.svelte";
import { checkpointFor } from "./checkpoint";
import type { Draft } from "./draft.svelte";
import { readSchedules, type Scheduled, withSchedules } from "./measure";

/** A mark in the history's entry: the draft in memory belongs to it, so that a reload keeps what was typed. */
const MARK = "draftOf";

/** Resolves when the draft is there; where `signal` says that another is wanted meanwhile, it is left alone. */
export async function open(draft: Draft, query: URLSearchParams, signal: AbortSignal): Promise<void> {
  const source = query.toString();
  const state = history.state as Record<string, unknown> | null;
  const reloaded = state !== null && state[MARK] === source;
  if (!((reloaded || source === "") && draft.recall())) await begin(draft, query, signal);
  if (signal.aborted) return;
  history.replaceState({ ...state, [MARK]: source }, "");
}

async function begin(draft: Draft, query: URLSearchParams, signal: AbortSignal): Promise<void> {
  draft.axes = { on: false, list: [] };
  const [preset, from, spec, fork] = ["preset", "from", "spec", "fork"].map((name) => query.get(name));
  if (spec) return beginWithSpec(draft, spec);
  if (fork) return beginWithFork(draft, fork, Number(query.get("step") ?? Infinity), signal);
  if (from) return beginWithRun(draft, from, readSchedules(query.get("measure")), signal);
  beginWithPreset(draft, preset ?? catalog.offers!.default_preset);
}

export function beginWithPreset(draft: Draft, id: string): void {
  const wanted = catalog.preset(id);
  if (wanted === undefined) toasts.show(t("launch.preset_missing", { id }), { tone: "failed" });
  const preset = wanted ?? catalog.preset(catalog.offers!.default_preset)!;
  draft.begin({ ...preset.spec, name: "" }, { preset: preset.id });
}

function beginWithSpec(draft: Draft, text: string): void {
  const spec = decodeSpec(text);
  if (isBag(spec)) return draft.begin(spec);
  toasts.show(t("launch.spec_broken"), { tone: "failed" });
  beginWithPreset(draft, catalog.offers!.default_preset);
}

async function beginWithRun(draft: Draft, id: string, measured: readonly Scheduled[], signal: AbortSignal): Promise<void> {
  try {
    const run = await getRun(id);
    if (signal.aborted) return;
    draft.begin(withSchedules(run.spec, measured), { run: run.name });
    if (measured.length > 0) toasts.show(t("instruments.switched_on", { count: measured.length }));
  } catch {
    if (signal.aborted) return;
    toasts.show(t("launch.from_missing"), { tone: "failed" });
    beginWithPreset(draft, catalog.offers!.default_preset);
  }
}

async function beginWithFork(draft: Draft, id: string, wanted: number, signal: AbortSignal): Promise<void> {
  const run = await getRun(id).catch(() => null);
  if (signal.aborted) return;
  const step = run === null ? undefined : checkpointFor(run.checkpoints, wanted);
  if (run === null || step === undefined) {
    toasts.show(t(run === null ? "launch.from_missing" : "launch.fork.no_checkpoint"), { tone: "failed" });
    return beginWithPreset(draft, catalog.offers!.default_preset);
  }
  const arms = run.spec.arms.map((arm) => ({ name: arm.name, norm: arm.norm.kind }));
  const name = t("launch.fork.name", { name: run.name, step }).slice(0, 80);
  const steps = run.steps > step ? run.steps - step : run.spec.steps;
  draft.begin({ ...run.spec, name, steps }, { fork: { run: run.id, name: run.name, step, arms } });
}
