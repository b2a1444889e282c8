/** JSON to be read: indented, lists of plain values on one line. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replaceAll(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_, inside: string) => `[${inside.replaceAll(/,\n\s+/g, ", ")}]`);
}
