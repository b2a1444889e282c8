/** What came out of the claims before a release: it ships with the server, and is fetched once. */

import { SvelteMap } from "svelte/reactivity";

import { listRecordings } from "../../api/claims";
import { Problem } from "../../api/http";
import type { Recording } from "../../api/types";

class Recordings {
  private readonly byClaim = new SvelteMap<string, Recording>();
  private asked = false;

  /** Null where a claim was not recorded, or as long as nobody knows. */
  of(claim: string): Recording | null {
    return this.byClaim.get(claim) ?? null;
  }

  /** Where the server is away, whoever asks next asks again. */
  async ask(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    try {
      for (const recording of (await listRecordings()).recordings) this.byClaim.set(recording.claim, recording);
    } catch (error) {
      this.asked = false;
      if (!(error instanceof Problem)) throw error;
    }
  }
}

export const recordings = new Recordings();
