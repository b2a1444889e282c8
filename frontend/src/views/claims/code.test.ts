import { expect, it } from "vitest";

import { codeOf } from "./code";

it("takes a code however it is typed", () => {
  for (const typed of ["ABCDE", "abcde", " ab cde ", "AB-CDE"]) expect(codeOf(typed)).toBe("ABCDE");
});

it("takes nothing that no room can have as its code", () => {
  for (const typed of ["", "ABCD", "ABCDEF", "ABCDO", "ABCDI", "ABC12", "가나다라마", "../x/"]) expect(codeOf(typed)).toBeNull();
});
