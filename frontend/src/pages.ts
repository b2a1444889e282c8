/** Pages whose code is loaded on its own: all of them, so that none waits for what another one needs. */

import type { Component } from "svelte";

import { loadEngineSoon } from "./plots/engine";
import type { Route } from "./routes";

export type PageName = Exclude<Route["page"], "missing">;
/** Only a page of one run or sweep looks at `id`. */
type Loader = () => Promise<{ default: Component<{ id: string }> }>;

export const pages = {
  start: () => import("./views/start/Start.svelte"),
  launch: () => import("./views/launch/Launch.svelte"),
  runs: () => import("./views/runs/Runs.svelte"),
  compare: () => import("./views/compare/Compare.svelte"),
  sweep: () => import("./views/sweep/Sweep.svelte"),
  claims: () => import("./views/claims/Claims.svelte"),
  claim: () => import("./views/claims/Claim.svelte"),
  lesson: () => import("./lessons/Lesson.svelte"),
  room: () => import("./lessons/Lesson.svelte"),
} as unknown as Record<PageName, Loader>;

/** The charts' code is there before a run is launched, so that its first points show at once. */
export async function fetchCharts(): Promise<void> {
  await pages.compare();
  await loadEngineSoon();
}

export async function fetchPages(): Promise<void> {
  for (const load of Object.values(pages)) await load();
}
