/** Light or dark: follows the system until the person chooses. Dispatches `themechange` on window. */

import { recall, remember } from "../ui/storage";

export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";

const KEY = "normscope.theme";

class ThemeState {
  choice: ThemeChoice = $state("system");
  current: Theme = $state("light");
  #lent: Theme | null = null;

  /** Reads the stored choice and follows the system from now on. */
  start(): void {
    const stored = recall(KEY);
    this.choice = stored === "light" || stored === "dark" ? stored : "system";
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#apply());
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    remember(KEY, choice === "system" ? null : choice);
    this.#apply();
  }

  /** `theme` whatever was chosen, until null is lent. */
  lend(theme: Theme | null): void {
    this.#lent = theme;
    this.#apply();
  }

  #apply(): void {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = this.#lent ?? (this.choice === "system" ? system : this.choice);
    const changed = document.documentElement.dataset["theme"] !== next || this.current !== next;
    this.current = next;
    document.documentElement.dataset["theme"] = next;
    if (changed) window.dispatchEvent(new CustomEvent("themechange", { detail: next }));
  }
}

export const theme = new ThemeState();
