/** A lecture hour: the slides in their order, the minutes that each is meant to take, and where one is. Pure. */

import type { Phase } from "../api/types";

export interface Stop {
  /** Id of a claim, `opening` or `closing`. */
  slide: string;
  minutes: number;
}

/** Predict, the experiment, the reason, when it does not hold. */
export const PHASES: readonly Phase[] = ["ask", "watch", "why", "limits"];

/** The claims in the order of their numbers. */
export const COURSE: readonly Stop[] = [
  { slide: "opening", minutes: 2 },
  { slide: "speed", minutes: 5 },
  { slide: "stability", minutes: 4 },
  { slide: "learning-rate", minutes: 4 },
  { slide: "initialisation", minutes: 4 },
  { slide: "regularisation", minutes: 3 },
  { slide: "saturation", minutes: 3 },
  { slide: "identity", minutes: 2 },
  { slide: "modes", minutes: 3 },
  { slide: "small-batches", minutes: 3 },
  { slide: "placement", minutes: 2 },
  { slide: "early-stopping", minutes: 3 },
  { slide: "minibatch-gradient", minutes: 3 },
  { slide: "bias-variance", minutes: 3 },
  { slide: "covariate-shift", minutes: 3 },
  { slide: "scale", minutes: 2 },
  { slide: "robustness", minutes: 3 },
  { slide: "table", minutes: 3 },
  { slide: "minibatches", minutes: 2 },
  { slide: "closing", minutes: 3 },
];
/** Of the hour. */
export const MINUTES = COURSE.reduce((sum, stop) => sum + stop.minutes, 0);
export const CLAIMS = COURSE.length - 2;

export interface Place {
  slide: string;
  phase: Phase;
}

export const START: Place = { slide: "opening", phase: "ask" };

export function indexOf(slide: string): number {
  return COURSE.findIndex((stop) => stop.slide === slide);
}

/** Whether a slide is of a claim: only those have phases. */
export function isClaim(slide: string): boolean {
  const index = indexOf(slide);
  return index > 0 && index <= CLAIMS;
}

/** Claim `number`, from 1; null: there is none. */
export function claimAt(number: number): Place | null {
  return Number.isInteger(number) && number >= 1 && number <= CLAIMS ? { slide: COURSE[number]!.slide, phase: "ask" } : null;
}

/** One phase on (1) or back (-1): from the last phase of a claim to the next slide; at the ends one stays. */
export function step(place: Place, by: 1 | -1): Place {
  const phase = PHASES.indexOf(place.phase) + by;
  if (isClaim(place.slide) && phase >= 0 && phase < PHASES.length) return { ...place, phase: PHASES[phase]! };
  const next = COURSE[indexOf(place.slide) + by];
  if (next === undefined) return place;
  return { slide: next.slide, phase: by < 0 && isClaim(next.slide) ? PHASES.at(-1)! : PHASES[0]! };
}

/** The beginning of the next (1) or of the last (-1) slide. */
export function leap(place: Place, by: 1 | -1): Place {
  const next = COURSE[indexOf(place.slide) + by];
  return next === undefined ? place : { slide: next.slide, phase: PHASES[0]! };
}

/** What an address asks for: `claim` is a number or an id; what is not understood counts as not said. */
export function read(claim: string | null, phase: string | null): Place {
  if (claim === null) return START;
  const found = claimAt(Number(claim)) ?? (indexOf(claim) >= 0 ? { slide: claim, phase: PHASES[0]! } : START);
  return isClaim(found.slide) ? { ...found, phase: PHASES.find((one) => one === phase) ?? found.phase } : found;
}

/** What `read` understands; null: not in the address, because it is as a lesson starts. */
export function write(place: Place): { claim: string | null; phase: string | null } {
  const claim = isClaim(place.slide) ? String(indexOf(place.slide)) : place.slide === START.slide ? null : place.slide;
  return { claim, phase: place.phase === START.phase ? null : place.phase };
}

/** Minutes of the hour that are planned before a slide. */
export function minutesBefore(slide: string): number {
  return COURSE.slice(0, Math.max(0, indexOf(slide))).reduce((sum, stop) => sum + stop.minutes, 0);
}

/** Digits that are typed one after the other: the claim they name, and whether more could follow. */
export function typed(digits: string): { place: Place | null; more: boolean } {
  const number = Number(digits);
  return { place: claimAt(number), more: digits.length < 2 && number >= 1 && number * 10 <= CLAIMS };
}
