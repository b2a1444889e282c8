/** Moving through the list of runs by keys: the rows' links carry `data-run`. */

function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("a[data-run]")];
}

/** The id of the run whose row has the focus; null: none has. */
export function runInFocus(): string | null {
  const row = document.activeElement?.closest("article");
  return row?.querySelector<HTMLElement>("a[data-run]")?.dataset["run"] ?? null;
}

/** Moves the focus one row down (1) or up (-1); false where there is no row. */
export function moveBetweenRuns(by: 1 | -1): boolean {
  const all = links();
  const at = all.findIndex((link) => link.dataset["run"] === runInFocus());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}
