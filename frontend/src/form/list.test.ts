import { describe, expect, it } from "vitest";

import { asWord, grown, pasted } from "./list";

it("a new width is like the one before it", () => {
  expect(grown([100, 50], 1, false)).toEqual([100, 100, 50]);
  expect(grown([], 0, false)).toEqual([1]);
});

it("a new seed is one that is not there", () => {
  expect(grown([1, 7, 3], 3, true)).toEqual([1, 7, 3, 8]);
  expect(grown([1, "x"], 2, true)).toEqual([1, "x", 2]);
});

it("pasted text falls into its numbers", () => {
  expect(pasted("[100, 100, 50]")).toEqual(["100", "100", "50"]);
  expect(pasted("784x100 x 10")).toEqual(["784", "100", "10"]);
  expect(pasted("64")).toEqual(["64"]);
});

describe("words", () => {
  it("complete from their beginning, nothing else does", () => {
    expect(asWord(" P", ["pool"])).toBe("pool");
    expect(asWord("pool", ["pool"])).toBe("pool");
    expect(asWord("16", ["pool"])).toBe("16");
    expect(asWord("", ["pool"])).toBe("");
    expect(asWord("p", [])).toBe("p");
  });

  it("are no example for a new entry", () => {
    expect(grown([16, "pool"], 2, false)).toEqual([16, "pool", 16]);
    expect(grown(["pool"], 1, false)).toEqual(["pool", 1]);
  });
});
