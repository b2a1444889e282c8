/** The schema of a run as `/api/schema/run` serves it, for tests; a test of the server keeps the copy up to date. */

import { parseSchema, type JsonSchema } from "../schema";
import schema from "./run.schema.json";

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
