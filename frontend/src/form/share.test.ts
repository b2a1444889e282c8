import { expect, it } from "vitest";

import { decodeSpec, encodeSpec } from "./share";

it("a spec goes through a link and comes back, whatever its letters", () => {
  const spec = { name: "배치 정규화 ≠ ??>>", arms: [1, 0.1, null] };
  expect(encodeSpec(spec)).toMatch(/^[\w-]+$/);
  expect(decodeSpec(encodeSpec(spec))).toEqual(spec);
});

it("a broken link is nothing", () => {
  expect(decodeSpec("%%%")).toBeNull();
  expect(decodeSpec(encodeSpec({ a: 1 }).slice(0, 5))).toBeNull();
});
