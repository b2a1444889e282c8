/** What a person types as a number, and how a number is shown for editing. */

/** A number where the text is one (comma or dot, spaces between thousands, 1e-3); else the text itself, kept. */
export function parseEntry(text: string): number | string {
  const compact = text.replaceAll(/[\s\u2009\u202f\u00a0]/g, "").replace("\u2212", "-");
  const plain = compact.includes(",") && !compact.includes(".") ? decimalComma(compact) : compact.replaceAll(",", "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return text;
  return Number(plain);
}

/** `0,1` is a tenth, `4,000` is four thousand. */
function decimalComma(text: string): string {
  return /^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(text) ? text.replaceAll(",", "") : text.replace(",", ".");
}

/** As a person would type it. */
export function entryText(value: unknown): string {
  if (typeof value === "number") return String(value).replace("e+", "e");
  return typeof value === "string" ? value : "";
}
