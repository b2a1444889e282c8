import { describe, expect, it } from "vitest";

import { entryText, parseEntry } from "./entry";

describe("what is typed", () => {
  it.each<[string, number | string]>([
    ["0.1", 0.1],
    ["0,1", 0.1],
    ["1e-3", 0.001],
    ["1E5", 100000],
    [".5", 0.5],
    ["5.", 5],
    ["4 000", 4000],
    ["4\u202f000", 4000],
    ["4,000", 4000],
    ["1,234,567", 1234567],
    ["\u22122", -2],
    ["", ""],
    ["1e", "1e"],
    ["fast", "fast"],
    ["1.2.3", "1.2.3"],
    ["0x10", "0x10"],
  ])("%j is %j", (text, value) => {
    expect(parseEntry(text)).toBe(value);
  });

  it("is shown as it would be typed, and kept where it is no number", () => {
    expect(entryText(0.00001)).toBe("0.00001");
    expect(entryText(1e-7)).toBe("1e-7");
    expect(entryText(4000)).toBe("4000");
    expect(entryText("fast")).toBe("fast");
    expect(entryText(null)).toBe("");
  });
});
