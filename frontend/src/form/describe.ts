/** A spec in words: what will run, and a name for a run that was given none. */

import { t } from "../messages";
import { get, isBag } from "./values";

export interface Described {
  networks: number;
  steps: number;
  arms: string[];
  dataset: string;
}

/** What can be said of a spec, however unfinished. */
export function describe(spec: unknown, datasetTitle: (kind: string) => string): Described {
  const arms = get(spec, "arms");
  const seeds = get(spec, "seeds");
  const steps = get(spec, "steps");
  const names = Array.isArray(arms) ? arms.map((arm) => (isBag(arm) ? String(arm["name"] ?? "") : "")) : [];
  return {
    networks: names.length * (Array.isArray(seeds) ? seeds.length : 1),
    steps: typeof steps === "number" ? steps : 0,
    arms: names,
    dataset: datasetTitle(String(get(spec, "dataset.kind") ?? "")),
  };
}

/** At most 80 characters, as the server takes them. */
export function suggestedName(what: Described): string {
  const [first = "", second = ""] = what.arms;
  const params = { dataset: what.dataset, first, second, count: what.arms.length };
  const form = what.arms.length === 1 ? "one" : what.arms.length === 2 ? "two" : "many";
  const name = t(`form.suggested.${form}`, params);
  return name.length <= 80 ? name : `${name.slice(0, 79)}…`;
}
