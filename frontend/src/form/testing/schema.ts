/** The schema of a run as the server serves it, for tests. */

import schema from "./run.schema.json";
import { parseSchema, type JsonSchema } from "../schema";

export const RUN = parseSchema(schema as unknown as JsonSchema);

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
