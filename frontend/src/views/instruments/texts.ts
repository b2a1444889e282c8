/** The texts that all instruments share come with their code. */

import texts from "../../messages/en/instruments/shared.json";
import { addTexts, t } from "../../messages";
import type { Explanation } from "../../plots/explanation";

addTexts(texts);

/** What is said when a card of page `page` is asked what it shows. */
export function explainCard(page: string, card: string): Explanation {
  const part = (name: string): string => t(`${page}.${card}.${name}`);
  return { what: part("what"), formula: part("formula"), unit: part("unit"), source: part("source") };
}
