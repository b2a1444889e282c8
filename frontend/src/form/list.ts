/** Lists of numbers as chips: what a new chip holds and what a pasted text means. */

/** `entries` with one more at `at`: like its neighbour, or the next number where all have to differ. */
export function grown(entries: readonly unknown[], at: number, distinct: boolean): unknown[] {
  const numbers = entries.filter((entry): entry is number => typeof entry === "number");
  const before = entries.slice(0, at).findLast((entry) => typeof entry === "number");
  const neighbour = before ?? numbers[0] ?? 1;
  const next = distinct ? Math.max(0, ...numbers) + 1 : neighbour;
  return entries.toSpliced(at, 0, next);
}

/** A text as the word of `words` that it is the beginning of; else the text itself. */
export function asWord(text: string, words: readonly string[]): string {
  const typed = text.trim().toLowerCase();
  return typed === "" ? text : (words.find((word) => word.startsWith(typed)) ?? text);
}

/** `100, 100, 50` or `[100 100 50]` as its parts. */
export function pasted(text: string): string[] {
  return text
    .replaceAll(/[[\]()]/g, " ")
    .split(/[\s,;x×]+/)
    .filter((part) => part !== "");
}
