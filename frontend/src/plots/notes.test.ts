import { describe, expect, it } from "vitest";

import { placeNotes } from "./notes";

const box = { left: 40, width: 400 };

describe("notes on a chart over time", () => {
  it("stand beside their lines, at the right end to the left of them", () => {
    expect(placeNotes([100, 430], [50, 50], box)).toEqual([
      { left: 104, row: 0 },
      { left: 376, row: 0 },
    ]);
  });

  it("go down where they would cover each other, and are left out where no row is free", () => {
    const rows = placeNotes([100, 110, 120, 130, 140, 200], [60, 60, 60, 60, 60, 60], box).map((place) => place?.row ?? null);
    expect(rows).toEqual([0, 1, 2, 3, null, 0]);
  });

  it("never cover each other nor leave the box", () => {
    const at = Array.from({ length: 40 }, (_, i) => 30 + ((i * 97) % 430));
    const widths = at.map((_, i) => 20 + ((i * 31) % 90));
    const places = placeNotes(at, widths, box);
    const shown = places.flatMap((place, i) => (place === null ? [] : [{ ...place, right: place.left + widths[i]! }]));
    expect(shown.length).toBeGreaterThan(5);
    for (const [i, one] of shown.entries()) {
      expect(one.left).toBeGreaterThanOrEqual(box.left);
      expect(one.right).toBeLessThanOrEqual(box.left + box.width);
      for (const other of shown.slice(i + 1)) expect(one.row !== other.row || one.right < other.left || other.right < one.left).toBe(true);
    }
  });

  it("say nothing of steps out of sight", () => {
    expect(placeNotes([10, 441, Number.NaN], [5, 5, 5], box)).toEqual([null, null, null]);
  });
});
