/** What the page of a run asks for first, after `/api/runs/{id}`: known before any of its code is there. */

/** Points of one telemetry answer: of each series, and of all of them. */
export const POINTS = 2000;
export const TOTAL = 600_000;

export const OPENING: readonly string[] = ["", "/manifest", `/telemetry?points=${POINTS}&total=${TOTAL}`, "/events"];
