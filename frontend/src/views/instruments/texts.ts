/** The texts that all instruments share come with their code. */

import texts from "../../messages/en/instruments/shared.json";
import { addTexts, t } from "../../messages";
import type { Explanation } from "../../plots/explanation";
import type { CompareModel } from "../compare/model.svelte";

addTexts(texts);

/** What is said when a card of page `page` is asked what it shows. */
export function explainCard(page: string, card: string): Explanation {
  const part = (name: string): string => t(`${page}.${card}.${name}`);
  return { what: part("what"), formula: part("formula"), unit: part("unit"), source: part("source") };
}

/** What the values of the layer that is looked at belong to: the channels of a convolution, else units. */
export function unitWords(model: CompareModel): { unit: string; units: string } {
  const layer = model.manifest?.layers.find((one) => one.index === model.layer);
  const word = (layer?.positions ?? 1) > 1 ? "channel" : "unit";
  return { unit: t(`instruments.word.${word}`), units: t(`instruments.word.${word}s`) };
}
