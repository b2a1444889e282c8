/** The page's keys: space plays, arrows step, Home and End jump, L returns to live. */

import type { CompareModel } from "./model.svelte";

type Keys = Pick<CompareModel, "togglePlay" | "moveTo" | "lastStep" | "view">;

export function keyAction(event: KeyboardEvent, model: Keys): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  // A button or a link wants the space bar; arrows mean the page's moment wherever one has clicked last.
  if (event.key === " " && target instanceof Element && target.closest("button, a")) return;
  if (target instanceof Element && target.closest("input, select, textarea, dialog, [role=menu], [role=dialog]")) {
    // The time bar's own slider is an input too; it handles its arrows itself.
    if (!(event.key.toLowerCase() === "l" && !target.closest("input:not([type=range]), textarea, dialog, [role=menu]"))) return;
  }
  const action = actionOf(event.key, event.shiftKey, model);
  if (action === null) return;
  event.preventDefault();
  action();
}

/** What `key` does; null: nothing. Shift steps a hundred times as far. */
export function actionOf(key: string, shift: boolean, model: Keys): (() => void) | null {
  const at = model.view.step ?? model.lastStep;
  const stride = Math.max(1, Math.round(model.lastStep / 1000)) * (shift ? 20 : 1);
  switch (key) {
    case " ":
      return () => model.togglePlay();
    case "ArrowLeft":
      return () => model.moveTo(at - stride);
    case "ArrowRight":
      return () => model.moveTo(at + stride);
    case "Home":
      return () => model.moveTo(0);
    case "End":
    case "l":
    case "L":
      return () => model.moveTo(null);
    default:
      return null;
  }
}
