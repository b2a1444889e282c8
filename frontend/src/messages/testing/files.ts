/** All texts of a language as they lie in its files, those too that pages bring along. */

import { flatten, type Tree } from "../fill";

const FILES = {
  en: import.meta.glob<Tree>(["../en/*.json", "../en/*/*.json"], { eager: true, import: "default" }),
  ko: import.meta.glob<Tree>(["../ko/*.json", "../ko/*/*.json"], { eager: true, import: "default" }),
};

/** `start.json: start.title` and its text. */
export function textsOf(language: keyof typeof FILES): Map<string, string> {
  return new Map(
    Object.entries(FILES[language]).flatMap(([path, tree]) =>
      flatten(tree).map(([key, text]) => [`${path.slice("../en/".length)}: ${key}`, text] as const),
    ),
  );
}
