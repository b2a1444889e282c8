/** A text says the same numbers in both languages: a rule that was changed in one of them is changed in the other. */

import { expect, it } from "vitest";

import { textsOf } from "./testing/files";

const english = textsOf("en");
const korean = textsOf("ko");

/** Words of numbers, and what stands in figures where the other language has a word. */
const ENGLISH: readonly (readonly [RegExp, string])[] = [
  [/\bpowers? of ten\b/g, ""],
  [/\bthree tenths\b/g, "0.3"],
  [/\bhalf\b/g, "0.5"],
  [/\btwo\b/g, "2"],
  [/\bthree\b/g, "3"],
  [/\bfour\b/g, "4"],
  [/\bfive\b/g, "5"],
  [/\bsix\b/g, "6"],
  [/\bseven\b/g, "7"],
  [/\beight\b/g, "8"],
  [/\bnine\b/g, "9"],
  [/\bten(fold)?\b/g, "10"],
  [/\bfourteen\b/g, "14"],
  [/\btwenty\b/g, "20"],
  [/\bthirty\b/g, "30"],
];
/** Words that may be a number in English, and mostly are none. */
const PERHAPS: readonly (readonly [RegExp, string])[] = [
  [/\b(one|single)\b/g, "1"],
  [/\b(none|zero)\b/g, "0"],
  [/\bten\b/g, "10"],
  [/\bhundredth\b/g, "1/100"],
];
const UNITS = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"];
const TENS: Readonly<Record<string, number>> = { 열: 10, 스무: 20, 서른: 30 };
const NOUNS: Readonly<Record<string, string>> = { 둘: "두", 셋: "세", 넷: "네" };
/** "열네 배", "층이 셋이고"; of both, "둘 다", and to put, "둘 때", are none. */
const KOREAN = new RegExp(
  `(?<![가-힣])(${Object.keys(TENS).join("|")})?(${[...UNITS.slice(2), ...Object.keys(NOUNS)].join("|")})?(?=이고|이면|[을은이로\\s.,:]|$)(?! 다| 때)`,
  "g",
);

const figures = (text: string): string[] =>
  (text.replace(/\{[^{}]*\}/g, "").replace(/(?<=\d)[,\u202f ](?=\d{3}(?!\d))/g, "").match(/[⁻⁰¹²³⁴-⁹]+|\d+(\.\d+)?/g) ?? []).map(String);

function spelled(text: string, words: readonly (readonly [RegExp, string])[]): string {
  return words.reduce((now, [word, number]) => now.replace(word, ` ${number} `), text.toLowerCase());
}

function inKorean(text: string): string[] {
  const words = [...text.replaceAll("절반", "0.5").matchAll(KOREAN)]
    .map(([, tens = "", unit = ""]) => (TENS[tens] ?? 0) + Math.max(0, UNITS.indexOf(NOUNS[unit] ?? unit)))
    .filter((number) => number > 0);
  return [...figures(text.replaceAll("절반", "0.5")), ...words.map(String)];
}

it("every figure of an English text is in the Korean one", () => {
  const differing = [...english].filter(([key, text]) => {
    const found = figures(korean.get(key)!);
    return figures(text).some((number) => !found.includes(number));
  });
  expect(differing.map(([key]) => key)).toEqual([]);
});

it("claims give the same numbers in both languages, in figures or in words", () => {
  const claims = [...english].filter(([key]) => key.startsWith("claims"));
  expect(claims.length).toBeGreaterThan(200);
  const differing = claims.flatMap(([key, text]) => {
    const said = figures(spelled(text, ENGLISH));
    const allowed = [...said, ...figures(spelled(text, PERHAPS))];
    const other = inKorean(korean.get(key)!);
    const absent = said.filter((number) => !other.includes(number));
    const more = figures(korean.get(key)!).filter((number) => !allowed.includes(number));
    return absent.length + more.length > 0 ? [{ key, absent, more }] : [];
  });
  expect(differing).toEqual([]);
});

it("reads numbers in words", () => {
  expect(figures(spelled("Two of five, 1,000 times ten", ENGLISH))).toEqual(["2", "5", "1000", "10"]);
  expect(inKorean("다섯 개 중 두 개, 열네 배, 층이 셋이고, 절반, 둘 다")).toEqual(["0.5", "5", "2", "14", "3"]);
});
