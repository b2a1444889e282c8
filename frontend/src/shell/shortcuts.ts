/** Which keys do what, for the help; each page handles its own. Texts lie under `shell.key`. */

export interface Shortcut {
  keys: string[];
  text: string;
}

export const SHORTCUTS: { title: string; list: Shortcut[] }[] = [
  {
    title: "shell.help.everywhere",
    list: [
      { keys: ["?"], text: "shell.key.help" },
      { keys: ["g", "r"], text: "shell.key.runs" },
      { keys: ["g", "l"], text: "shell.key.launch" },
      { keys: ["g", "s"], text: "shell.key.start" },
    ],
  },
  {
    title: "shell.help.lesson",
    list: [
      { keys: ["→", "Space"], text: "shell.key.next" },
      { keys: ["←"], text: "shell.key.previous" },
      { keys: ["↑", "↓"], text: "shell.key.claims" },
      { keys: ["1 – 18"], text: "shell.key.claim" },
      { keys: ["R"], text: "shell.key.run" },
      { keys: ["F"], text: "shell.key.full" },
      { keys: ["Esc"], text: "shell.key.leave" },
    ],
  },
  { title: "shell.help.launch", list: [{ keys: ["Ctrl", "Enter"], text: "shell.key.submit" }] },
  {
    title: "shell.help.runs",
    list: [
      { keys: ["↑", "↓"], text: "shell.key.move" },
      { keys: ["Enter"], text: "shell.key.open" },
      { keys: ["/"], text: "shell.key.search" },
      { keys: ["Delete"], text: "shell.key.delete" },
    ],
  },
  {
    title: "shell.help.compare",
    list: [
      { keys: ["Space"], text: "shell.key.play" },
      { keys: ["←", "→"], text: "shell.key.step" },
      { keys: ["Home", "End"], text: "shell.key.ends" },
      { keys: ["L"], text: "shell.key.live" },
      { keys: ["P"], text: "shell.key.pause" },
      { keys: ["."], text: "shell.key.single" },
      { keys: ["1 – 5"], text: "shell.key.tabs" },
    ],
  },
];

const PLACES: Readonly<Record<string, string>> = { r: "/runs", l: "/launch", s: "/" };

/** Where `g` and then `key` leads; null: nowhere. */
export function destination(before: string, key: string): string | null {
  return before === "g" ? (PLACES[key] ?? null) : null;
}

/** Whether a key press is meant for something that is typed into. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog, [role=menu]") !== null;
}
