import { describe, expect, it } from "vitest";

import { sharedGroups } from "./items";
import { complete } from "./values";
import { RUN, smallSpec } from "./testing/schema";

describe("groups", () => {
  const groups = sharedGroups(RUN, complete(RUN, { ...smallSpec(), initialisation: { kind: "normal" } }));

  it("come in their order, advanced rows apart", () => {
    expect(groups.map((group) => group.id)).toEqual(["data", "network", "training", "measuring"]);
    const [data, network, training, measuring] = groups.map((group) => group.basic.map((item) => item.path));
    expect(data).toEqual(["dataset"]);
    expect(network).toEqual(["model", "model.hidden", "model.activation", "initialisation", "initialisation.std"]);
    expect(training).toEqual(["optimizer", "optimizer.learning_rate", "batch_size", "steps", "seeds"]);
    expect(measuring).toEqual(["evaluate_every", "probes.layers", "probes.distributions_every", "probes.details_every"]);
    expect(groups[1]!.advanced.map((item) => item.path)).toEqual(["initialisation.gain", "redundant_bias", "dropout", "dropout_placement"]);
  });

  it("show a field that the schema gains by itself, also one without a group", () => {
    const gained = { ...RUN.fields[0]!, name: "warmup", key: "warmup", hints: { group: "", log: false, advanced: false, unit: "" } };
    const grown = sharedGroups({ ...RUN, fields: [...RUN.fields, gained] }, {});
    expect(grown.at(-1)).toMatchObject({ id: "other", basic: [{ path: "warmup" }] });
  });
});
