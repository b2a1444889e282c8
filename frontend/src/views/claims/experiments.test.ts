import { expect, it } from "vitest";

import type { ClaimSummary, Offers } from "../../api/types";
import { atHand, command, experimentsOf, experimentTitle, runName, seedsText } from "./experiments";

const CLAIM = {
  id: "table",
  number: 17,
  unit: "times",
  counter_unit: "points",
  estimated_seconds: 10,
  counter_estimated_seconds: 20,
  trial: null,
  counter_trial: null,
  larger: [
    { kind: "mnist", dataset: "MNIST", unit: "times", seeds: 2, estimated_seconds: 400, longest_seconds: 300, trial: null },
    { kind: "cifar10", dataset: "CIFAR-10", unit: "times", seeds: 1, estimated_seconds: 4000, longest_seconds: 3000, trial: null },
  ],
} as unknown as ClaimSummary;

function offers(seconds: number, cifar: { at_hand: boolean; downloadable: boolean }): Offers {
  const file = { title: "CIFAR-10", kind: "cifar10", download_bytes: 170e6, files: ["cifar.tar.gz"], address: "https://example.org/" };
  return { limits: { seconds }, datasets: [{ kind: "mnist", at_hand: true }, { ...file, ...cifar }] } as unknown as Offers;
}

it("lists a claim's own experiments, then the larger ones by their data sets", () => {
  expect(experimentsOf(CLAIM).map(({ kind, unit, seconds }) => [kind, unit, seconds])).toEqual([
    ["main", "times", 10],
    ["counter", "points", 20],
    ["mnist", "times", 400],
    ["cifar10", "times", 4000],
  ]);
  expect(experimentTitle(CLAIM, "cifar10")).toBe("The same on CIFAR-10");
  expect(command(CLAIM, ["mnist", "cifar10"])).toBe("normscope claim run 17 --larger mnist --larger cifar10");
});

it("offers what is at hand without a word, and asks for nothing where it is not known yet", () => {
  const all = offers(86_400, { at_hand: true, downloadable: true });
  for (const { kind } of experimentsOf(CLAIM)) expect(atHand(CLAIM, kind, all)).toEqual({ possible: true, note: "" });
  expect(atHand(CLAIM, "cifar10", null)).toEqual({ possible: true, note: "" });
});

it("says what is downloaded first, and what to put where nothing is", () => {
  const { possible, note } = atHand(CLAIM, "cifar10", offers(86_400, { at_hand: false, downloadable: true }));
  expect(possible).toBe(true);
  expect(note).toMatch(/170\sMB/);
  const absent = atHand(CLAIM, "cifar10", offers(86_400, { at_hand: false, downloadable: false }));
  expect(absent.possible).toBe(false);
  expect(absent.note).toContain("cifar.tar.gz (from https://example.org/) into the folder cifar10");
});

it("offers nothing that the server would refuse, and says what would", () => {
  const { possible, note } = atHand(CLAIM, "mnist", offers(120, { at_hand: true, downloadable: true }));
  expect(possible).toBe(false);
  expect(note).toContain("normscope claim run 17 --larger mnist");
  expect(atHand(CLAIM, "main", offers(1, { at_hand: true, downloadable: true })).possible).toBe(true);
});

it("names runs in the page's language, and leaves what it does not know", () => {
  expect(runName("Ten convolutions on MNIST, relu")).toBe("ten convolutions on MNIST, relu");
  expect(runName("Full batches, rate 0.3")).toBe("full batches, rate 0.3");
  expect(runName("Something else")).toBe("Something else");
  expect(seedsText([101, 102, 108])).toBe("seeds 101 to 108");
});
