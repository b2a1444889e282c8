/** What a page needs of a run that has been going on for a while: asked for all at once, even before the page's code is there. */

import { getEvents, getManifest, getRun, getTelemetry } from "../api/runs";
import { POINTS, TOTAL } from "./asks";

export const askTelemetry = (id: string): Promise<Uint8Array> => getTelemetry(id, { points: POINTS, total: TOTAL });

export interface Opening {
  record: ReturnType<typeof getRun>;
  manifest: ReturnType<typeof getManifest>;
  telemetry: ReturnType<typeof getTelemetry>;
  events: ReturnType<typeof getEvents>;
}

let ahead: { id: string; opening: Opening } | null = null;

/** Asks for everything now; the first session of this run takes the answers. */
export function openAhead(id: string): void {
  const opening = { record: getRun(id), manifest: getManifest(id), telemetry: askTelemetry(id), events: getEvents(id) };
  // Whoever takes an answer hears of its failure; one that nobody takes may fail in silence.
  for (const answer of Object.values(opening)) answer.catch(() => undefined);
  ahead = { id, opening };
}

/** What was asked for ahead, once. */
export function takeOpening(id: string): Opening | null {
  const found = ahead?.id === id ? ahead.opening : null;
  ahead = null;
  return found;
}
