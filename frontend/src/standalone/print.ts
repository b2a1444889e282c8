/** On paper everything is drawn, also what was never scrolled into view, and in the light theme. */

import { scheduler } from "../plots/scheduler";
import { theme } from "../style/theme.svelte";

export function preparePrint(): void {
  window.addEventListener("beforeprint", () => {
    theme.lend("light");
    scheduler.paintAll();
  });
  window.addEventListener("afterprint", () => theme.lend(null));
}
