/** What the server offers (data sets, presets, the schema of a run), asked for once and shared by all pages. */

import { request } from "../api/http";
import type { DataSetOffer, Offers, PresetOffer } from "../api/types";
import { type JsonSchema, type ObjectNode, parseSchema } from "./schema";

class Catalog {
  offers: Offers | null = $state.raw(null);
  schema: ObjectNode | null = $state.raw(null);
  /** Why there is nothing; null while it is on its way or there. */
  error: unknown = $state.raw(null);
  #asked: Promise<void> | null = null;

  /** Asks if nobody has yet; after a failure it asks again. */
  load(): Promise<void> {
    this.#asked ??= this.#ask();
    return this.#asked;
  }

  async #ask(): Promise<void> {
    try {
      const [offers, schema] = await Promise.all([
        request<Offers>("GET", "/catalog"),
        request<JsonSchema>("GET", "/schema/run"),
      ]);
      this.schema = parseSchema(schema);
      this.offers = offers;
      this.error = null;
    } catch (error) {
      this.error = error;
      this.#asked = null;
    }
  }

  preset(id: string): PresetOffer | undefined {
    return this.offers?.presets.find((preset) => preset.id === id);
  }

  dataset(kind: string): DataSetOffer | undefined {
    return this.offers?.datasets.find((dataset) => dataset.kind === kind);
  }

  /** `auto` is none. */
  device(kind: string) {
    return this.offers?.devices.find((device) => device.kind === kind);
  }

  /** `MNIST` for `mnist`; the kind itself where it is not known. */
  title(kind: string): string {
    return this.dataset(kind)?.title ?? kind;
  }
}

export const catalog = new Catalog();
