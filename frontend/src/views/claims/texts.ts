/** The texts of the claims' charts come with their code. */

import "../gradients/texts";

import texts from "../../messages/en/claims/charts.json";
import { addTexts, t } from "../../messages";
import type { Explanation } from "../../plots/explanation";

addTexts(texts);

/** What is said when a card is asked what it shows. */
export function explainCard(card: string): Explanation {
  const part = (name: string): string => t(`claim.chart.${card}.${name}`);
  return { what: part("what"), formula: part("formula"), unit: part("unit") };
}
