/** The code of a room as somebody types it. Pure. */

const LETTERS = /^[A-HJ-NP-Z]{5}$/; // as `core/room.py` draws them: no I, no O

/** `ab cde` as `ABCDE`; null: no room can have such a code. */
export function codeOf(typed: string): string | null {
  const code = typed.replace(/[\s·-]/g, "").toUpperCase();
  return LETTERS.test(code) ? code : null;
}
