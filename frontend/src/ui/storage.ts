/** The browser's storage, which it may refuse: then nothing is remembered and nothing breaks. */

/** Of all tabs for ever, or of this tab alone, also over a reload. */
export type Memory = "browser" | "tab";

export function recall(key: string, memory: Memory = "browser"): string | null {
  try {
    return storage(memory).getItem(key);
  } catch {
    return null;
  }
}

/** `null` forgets the key. */
export function remember(key: string, value: string | null, memory: Memory = "browser"): void {
  try {
    if (value === null) storage(memory).removeItem(key);
    else storage(memory).setItem(key, value);
  } catch {
    // Storage is full or blocked: the page works on without a memory.
  }
}

function storage(memory: Memory): Storage {
  return memory === "tab" ? sessionStorage : localStorage;
}
