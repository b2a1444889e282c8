/** A form without a page, for tests. */

import { complaints } from "../complaints";
import type { ObjectNode } from "../schema";
import { validate } from "../validate";
import { type Bag, complete, get } from "../values";
import { smallSpec } from "./schema";

export class Sheet {
  readonly schema: ObjectNode;
  spec: Bag = $state({});

  constructor(schema: ObjectNode) {
    this.schema = schema;
    this.spec = complete(schema, smallSpec()) as Bag;
  }

  get errors(): Map<string, string> {
    return complaints(validate(this.schema, this.spec), []);
  }

  /** The plain value at a path. */
  at(path: string): unknown {
    const value: unknown = get(this.spec, path);
    return $state.snapshot(value);
  }
}
