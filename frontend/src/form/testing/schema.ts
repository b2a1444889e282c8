/** The schema of a run as the server takes it, for tests: from the committed description of the interface. */

import openapi from "../../api/openapi.json";
import { parseSchema, type JsonSchema } from "../schema";

const definitions = openapi.components.schemas as unknown as Record<string, JsonSchema>;

export const RUN = parseSchema(definitions["RunSpecInput"]!, definitions);

/** A small spec that is right, without what has a default. */
export function smallSpec(): Record<string, unknown> {
  return {
    dataset: { kind: "digits" },
    model: { kind: "mlp" },
    arms: [
      { name: "no norm", norm: { kind: "none" } },
      { name: "BatchNorm", norm: { kind: "batch" } },
    ],
  };
}
