/** What a key does in a lesson. */

export type Action = "next" | "previous" | "up" | "down" | "run" | "full" | "leave" | "digit";

const KEYS: Readonly<Record<string, Action>> = {
  ArrowRight: "next",
  PageDown: "next",
  " ": "next",
  ArrowLeft: "previous",
  PageUp: "previous",
  ArrowDown: "down",
  ArrowUp: "up",
  r: "run",
  R: "run",
  f: "full",
  F: "full",
  Escape: "leave",
};

/** Null: nothing. Space presses the button that has the focus. */
export function action(key: string, target: EventTarget | null): Action | null {
  if (/^[0-9]$/.test(key)) return "digit";
  const pressed = target instanceof Element && target.closest("button, a, summary, [role=application]") !== null;
  if (pressed && (key === " " || (target instanceof Element && target.closest("[role=application]") !== null))) return null;
  return KEYS[key] ?? null;
}
