/** Every visible text, by key. `t("launch.sentence", { networks: 2 })`; the texts lie in `<language>/*.json`. */

import { integer, number } from "../ui/format";
import { fill, flatten, type Params, type Tree } from "./fill";
import { language } from "./language";

const files = import.meta.glob<Tree>("./en/*.json", { eager: true, import: "default" });
const plural = new Intl.PluralRules(language);

const texts = new Map<string, string>();
/** In the language of the page: they go before the English ones, which stand in where one is missing. */
const translated = new Map<string, string>();
for (const tree of Object.values(files)) addTexts(tree);

/** Texts of a page whose code is loaded on its own: they lie in `<language>/<folder>/*.json` and come with that code. */
export function addTexts(tree: Tree): void {
  for (const [key, text] of flatten(tree)) texts.set(key, text);
}

/** The texts of the page's language, where that is not English; to be waited for before anything is shown. */
export async function loadTexts(): Promise<void> {
  const { korean } = await import("./korean");
  for (const tree of korean) for (const [key, text] of flatten(tree)) translated.set(key, text);
}

/** The text of `key`, its parameters filled in; the key itself where there is none (a test keeps that from happening). */
export function t(key: string, params: Params = {}): string {
  const text = translated.get(key) ?? texts.get(key);
  return text === undefined ? key : fill(text, params, { plural, write });
}

/** Whether `key` has a text: for texts that may be absent, as the help of a field. */
export function has(key: string): boolean {
  return texts.has(key);
}

function write(value: number): string {
  return Number.isInteger(value) ? integer(value) : number(value);
}
