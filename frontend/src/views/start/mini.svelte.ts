/** Follows one run for the start page: its record and its curves, once a second while it moves. */

import { decode } from "../../api/arrow";
import { Problem } from "../../api/http";
import { getManifest, getRun, getTelemetry } from "../../api/runs";
import { ENDED, type Manifest, type RunRecord } from "../../api/types";
import { type MiniCurve, miniCurves, miniSeries } from "./curves";

const EVERY = 1000; // milliseconds

export class MiniRun {
  record: RunRecord = $state.raw()!;
  curves: MiniCurve[] = $state.raw([]);
  #manifest: Manifest | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(record: RunRecord) {
    this.record = record;
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    let last = false;
    try {
      if (document.visibilityState === "visible") last = await this.#update();
    } catch (error) {
      // Deleted meanwhile, or the server is away: the picture stays as it is, the next look may find more.
      if (!(error instanceof Problem)) throw error;
      last = error.status === 404;
    }
    if (!last && !this.#closed) this.#timer = setTimeout(() => void this.#look(), EVERY);
  }

  /** True where nothing more will come. */
  async #update(): Promise<boolean> {
    const { id } = this.record;
    const record = await getRun(id);
    this.#manifest ??= (await getManifest(id)).manifest ?? null;
    if (this.#manifest !== null && record.step > 0) {
      const chunk = decode(await getTelemetry(id, { points: 120, series: miniSeries(this.#manifest) }));
      if (chunk.kind === "points") this.curves = miniCurves(this.#manifest, chunk);
    }
    this.record = record;
    return ENDED.has(record.state);
  }
}
