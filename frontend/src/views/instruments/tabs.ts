/** The tabs of a run's page: the code of each but the first is loaded when it is first looked at. */

import type { Component } from "svelte";

import { type Tab, TABS } from "../../routes";
import type { CompareModel } from "../compare/model.svelte";

type Loader = () => Promise<{ default: Component<{ model: CompareModel }> }>;

export const instruments: Readonly<Record<Exclude<Tab, "compare">, Loader>> = {
  microscope: () => import("../microscope/Microscope.svelte"),
  gradients: () => import("../gradients/Gradients.svelte"),
  landscape: () => import("../landscape/Landscape.svelte"),
  maps: () => import("../maps/Maps.svelte"),
};

/** Fetches a tab's code before it is asked for; what fails is asked for again by the page, which says so. */
export function fetchAhead(tab: Tab): void {
  if (tab !== "compare") instruments[tab]().catch(() => null);
}

/** The tab that the keys 1 to 5 lead to; null: none. */
export function tabOfKey(key: string): Tab | null {
  return /^[1-9]$/.test(key) ? (TABS[Number(key) - 1] ?? null) : null;
}

/** The tab that an arrow leads to from another one, round the ends; null: the key leads nowhere. */
export function neighbour(tab: Tab, key: string): Tab | null {
  const at = TABS.indexOf(tab);
  if (key === "Home") return TABS[0];
  if (key === "End") return TABS.at(-1)!;
  const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return by === 0 ? null : TABS[(at + by + TABS.length) % TABS.length]!;
}
