import { describe, expect, it } from "vitest";

import { fill, flatten, parameters } from "./fill";

const writer = { plural: new Intl.PluralRules("en"), write: (value: number) => value.toLocaleString("en") };

describe("fill", () => {
  it("puts parameters in and writes numbers", () => {
    expect(fill("{name}: {n} steps", { name: "a {b}", n: 4000 }, writer)).toBe("a {b}: 4,000 steps");
  });

  it("chooses the plural form, exact numbers first", () => {
    const text = "{n, plural, =0 {nothing} one {# arm of {run}} other {# arms of {run}}}";
    expect(fill(text, { n: 0, run: "x" }, writer)).toBe("nothing");
    expect(fill(text, { n: 1, run: "x" }, writer)).toBe("1 arm of x");
    expect(fill(text, { n: 1200, run: "x" }, writer)).toBe("1,200 arms of x");
  });

  it("leaves an argument that was not given readable", () => {
    expect(fill("a {b} c", {}, writer)).toBe("a {b} c");
  });

  it("says which text has an open brace", () => {
    expect(() => fill("a {b", {}, writer)).toThrow("a {b");
  });
});

describe("flatten", () => {
  it("joins keys with dots", () => {
    expect(flatten({ a: { b: "x", "c.d": "y" }, e: "z" })).toEqual([
      ["a.b", "x"],
      ["a.c.d", "y"],
      ["e", "z"],
    ]);
  });
});

it("names the parameters of a text, those within plural forms too", () => {
  expect([...parameters("{a} of {n, plural, =0 {nothing} other {# in {b}}}, {c}")]).toEqual(["a", "n", "b", "c"]);
});
