/** Whoever adds a text in English adds it in Korean: the same files, keys and parameters. */

import { expect, it } from "vitest";

import { parameters } from "./fill";
import { textsOf } from "./testing/files";

const english = textsOf("en");
const korean = textsOf("ko");

it("Korean has exactly the keys of English, in the same files", () => {
  expect(english.size).toBeGreaterThan(500);
  expect([...english.keys()].filter((key) => !korean.has(key))).toEqual([]);
  expect([...korean.keys()].filter((key) => !english.has(key))).toEqual([]);
});

it("Korean texts have the parameters of the English ones", () => {
  const differing = [...english].filter(([key, text]) => {
    const other = parameters(korean.get(key) ?? text);
    return [...parameters(text)].sort().join() !== [...other].sort().join();
  });
  expect(differing.map(([key]) => key)).toEqual([]);
});

it("Korean texts are no English ones left as they were", () => {
  // Names, formulas and units are alike in both; a sentence is not.
  const left = [...english].filter(([key, text]) => korean.get(key) === text && /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(text));
  expect(left.map(([key]) => key)).toEqual([]);
});
