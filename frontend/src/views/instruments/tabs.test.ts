import { expect, it } from "vitest";

import { neighbour, tabOfKey } from "./tabs";

it("number keys lead to the tabs in their order", () => {
  expect(["1", "2", "5", "6", "0", "a"].map(tabOfKey)).toEqual(["compare", "microscope", "maps", null, null, null]);
});

it("arrows lead to the neighbours and round the ends", () => {
  expect(neighbour("compare", "ArrowRight")).toBe("microscope");
  expect(neighbour("compare", "ArrowLeft")).toBe("maps");
  expect(neighbour("maps", "ArrowRight")).toBe("compare");
  expect(neighbour("landscape", "Home")).toBe("compare");
  expect(neighbour("landscape", "End")).toBe("maps");
  expect(neighbour("landscape", "Enter")).toBeNull();
});
