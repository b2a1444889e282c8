import { t } from "../../messages";
import type { Explanation } from "../../plots/explanation";

/** What is said when a chart is asked what it shows. */
export function explain(statistic: string): Explanation {
  return {
    what: t(`stats.what.${statistic}`),
    formula: t(`stats.formula.${statistic}`),
    unit: t(`stats.unit_of.${statistic}`),
  };
}
