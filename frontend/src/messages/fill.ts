/** Parameters and plurals in a text: `{name}` and `{n, plural, one {# arm} other {# arms}}` (the ICU forms we need). */

export type Params = Record<string, string | number>;
export interface Tree {
  [key: string]: string | Tree;
}
export interface Writer {
  plural: Intl.PluralRules;
  /** How a number is written. */
  write: (value: number) => string;
}

/** `{a: {b: "x"}}` as `["a.b", "x"]`. */
export function flatten(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

export function fill(text: string, params: Params, writer: Writer): string {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    if (open < 0) return out + text.slice(at);
    const close = matching(text, open);
    out += text.slice(at, open) + argument(text.slice(open + 1, close), params, writer);
    at = close + 1;
  }
  return out;
}

function argument(inside: string, params: Params, writer: Writer): string {
  const comma = inside.indexOf(",");
  const name = (comma < 0 ? inside : inside.slice(0, comma)).trim();
  const value = params[name];
  if (value === undefined) return `{${inside}}`;
  const written = typeof value === "number" ? writer.write(value) : value;
  if (comma < 0) return written;
  const forms = cases(inside.slice(inside.indexOf("plural", comma) + "plural,".length));
  const count = Number(value);
  const form = forms.get(`=${count}`) ?? forms.get(writer.plural.select(count)) ?? forms.get("other") ?? "";
  return fill(form.replaceAll("#", written), params, writer);
}

/** The names of all parameters in `text`, those within plural forms too. */
export function parameters(text: string): Set<string> {
  const found = new Set<string>();
  for (let open = text.indexOf("{"); open >= 0; ) {
    const close = matching(text, open);
    const inside = text.slice(open + 1, close);
    const comma = inside.indexOf(",");
    found.add((comma < 0 ? inside : inside.slice(0, comma)).trim());
    if (comma >= 0) {
      const forms = cases(inside.slice(inside.indexOf("plural", comma) + "plural,".length));
      for (const form of forms.values()) for (const name of parameters(form)) found.add(name);
    }
    open = text.indexOf("{", close);
  }
  return found;
}

/** `one {...} other {...}` as a map. */
function cases(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  for (;;) {
    const open = text.indexOf("{", at);
    if (open < 0) return found;
    const close = matching(text, open);
    found.set(text.slice(at, open).trim(), text.slice(open + 1, close));
    at = close + 1;
  }
}

/** Where the brace opened at `open` is closed. */
function matching(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a brace is opened and never closed: ${text}`);
}
