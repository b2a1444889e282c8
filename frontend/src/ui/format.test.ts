import { describe, expect, it } from "vitest";

import { bytes, duration, integer, number, percent, relative, roughly, sentence, short, signed } from "./format";

/** Thin spaces as plain ones, so that the expectations can be read. */
const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  it("groups thousands by thin spaces and uses a true minus sign", () => {
    expect(integer(-1234567)).toBe("\u22121\u202f234\u202f567");
    expect(plain(integer(4000))).toBe("4 000");
    expect(integer(-0.2)).toBe("0");
  });

  it.each([
    [0, "0"],
    [0.8421, "0.842"],
    [0.84, "0.840"],
    [12.345, "12.3"],
    [999.7, "1 000"],
    [1234.5, "1 235"],
    [-3.14159, "\u22123.14"],
    [0.00001234, "1.23×10⁻⁵"],
    [0.001, "0.00100"],
    [2_500_000, "2.50×10⁶"],
    [NaN, "NaN"],
    [-Infinity, "\u2212∞"],
  ])("writes %d as %s", (value, text) => {
    expect(plain(number(value))).toBe(text);
  });

  it.each([
    [0.1, "0.1"],
    [0.00001, "1×10⁻⁵"],
    [4000, "4 000"],
    [0.25, "0.25"],
    [100.5, "101"],
  ])("writes %d short as %s", (value, text) => {
    expect(plain(short(value))).toBe(text);
  });

  it("always shows the sign of a difference", () => {
    expect(signed(0.089)).toBe("+0.0890");
    expect(signed(-0.089)).toBe("\u22120.0890");
    expect(signed(0)).toBe("0");
  });

  it("writes shares and sizes", () => {
    expect(plain(percent(0.8421))).toBe("84.2 %");
    expect(plain(percent(-0.00001))).toBe("0.0 %");
    expect(plain(bytes(11_594_722))).toBe("11.6 MB");
    expect(plain(bytes(0))).toBe("0 B");
  });
});

describe("time", () => {
  it.each([
    [0, "0 s"],
    [0.84, "0.8 s"],
    [12.3, "12 s"],
    [59.7, "1 min"],
    [80, "1 min 20 s"],
    [3599.6, "1 h"],
    [7500, "2 h 5 min"],
    [273_600, "3 d 4 h"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(plain(duration(seconds))).toBe(text);
  });

  it("follows the language", () => {
    expect(duration(0.84, "ko")).toBe("0.8초");
    expect(duration(80, "ko")).toBe("1분 20초");
    expect(relative(0, 3 * 3600, "ko")).toBe("3시간 전");
    expect(relative(0, 86_400, "ko")).toBe("어제");
  });

  it("says how long ago", () => {
    expect(relative(100, 102)).toBe("now");
    expect(relative(100, 155)).toBe("now");
    expect(relative(100, 165)).toBe("1 minute ago");
    expect(relative(0, 3 * 3600)).toBe("3 hours ago");
    expect(relative(0, 86_400)).toBe("yesterday");
    expect(relative(200, 100)).toBe("now");
  });
});

describe("sentence", () => {
  it.each([
    ["", ""],
    ["It ended", "It ended."],
    ["It ended.", "It ended."],
    ["It ended (see the log)", "It ended (see the log)."],
    ["Why?", "Why?"],
  ])("ends %o", (text, expected) => expect(sentence(text)).toBe(expected));
});

it("an estimate is no more exact than it can be", () => {
  expect([0.2, 12.4, 119, 550, 1408].map((seconds) => roughly(seconds))).toEqual(["1\u202fs", "12\u202fs", "1\u202fmin 59\u202fs", "9\u202fmin", "23\u202fmin"]);
});
