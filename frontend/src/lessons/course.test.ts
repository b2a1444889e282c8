import { expect, it } from "vitest";

import claims from "../messages/en/claims.json";
import { claimAt, CLAIMS, COURSE, leap, MINUTES, minutesBefore, type Place, read, START, step, typed, write } from "./course";

const at = (slide: string, phase: Place["phase"] = "ask"): Place => ({ slide, phase });

it("all claims fit into an hour", () => {
  const ids = Object.keys(claims.claims).filter((id) => id !== "reason");
  expect(COURSE.slice(1, -1).map((stop) => stop.slide)).toEqual(ids);
  expect(CLAIMS).toBe(18);
  expect(MINUTES).toBe(60);
  expect(minutesBefore("speed")).toBe(2);
  expect(minutesBefore("nothing")).toBe(0);
});

it("goes from phase to phase, then to the next slide, and back the same way", () => {
  const way = [START];
  while (step(way.at(-1)!, 1) !== way.at(-1)) way.push(step(way.at(-1)!, 1));
  expect(way.length).toBe(2 + 4 * 18);
  expect(way.slice(0, 6)).toEqual([START, at("speed"), at("speed", "watch"), at("speed", "why"), at("speed", "limits"), at("stability")]);
  const back = [way.at(-1)!];
  while (step(back.at(-1)!, -1) !== back.at(-1)) back.push(step(back.at(-1)!, -1));
  expect(back.reverse()).toEqual(way);
});

it("leaps from claim to claim", () => {
  expect(leap(at("speed", "why"), 1)).toEqual(at("stability"));
  expect(leap(at("speed", "why"), -1)).toEqual(START);
  expect(leap(at("closing"), 1)).toEqual(at("closing"));
});

it.each([
  [null, null, START],
  ["3", null, at("learning-rate")],
  ["scale", "why", at("scale", "why")],
  ["3", "nothing", at("learning-rate")],
  ["closing", "why", at("closing")],
  ["19", null, START],
  ["nothing", "why", START],
])("understands the address claim=%s phase=%s", (claim, phase, place) => {
  expect(read(claim, phase)).toEqual(place);
});

it("writes addresses that it understands", () => {
  for (const place of [START, at("speed"), at("minibatches", "limits"), at("closing")]) {
    const { claim, phase } = write(place);
    expect(read(claim, phase)).toEqual(place);
  }
  expect(write(START)).toEqual({ claim: null, phase: null });
});

it("takes one or two digits for a claim", () => {
  expect(typed("1")).toEqual({ place: at("speed"), more: true });
  expect(typed("2")).toEqual({ place: at("stability"), more: false });
  expect(typed("18")).toEqual({ place: at("minibatches"), more: false });
  expect(typed("19").place).toBeNull();
  expect(claimAt(0)).toBeNull();
});
