import type { ExperimentKind } from "../../api/types";
import { has, t } from "../../messages";

/** What an experiment measures and how that is judged; a counter-experiment says so where it differs from the claim's own. */
export function ruleText(claim: string, kind: ExperimentKind): string {
  const counter = `claims.${claim}.counter`;
  const words = kind === "counter" && has(`${counter}.measured`) ? counter : `claims.${claim}`;
  return `${t(`${words}.measured`)} ${t(`${words}.rule`)}`;
}
