import { describe, expect, it } from "vitest";

import { HEAD } from "./head";
import { arrange, rgbOf } from "./tiles";

describe("tiles", () => {
  it.each([
    [1, 500, 400],
    [2, 500, 400],
    [2, 330, 260],
    [8, 1360, 200],
    [8, 330, 830],
  ])("%i in %i x %i lie apart, inside, and are as large as any number of columns allows", (count, width, height) => {
    const places = arrange(count, width, height);
    expect(places).toHaveLength(count);
    for (const place of places) {
      expect(place.left).toBeGreaterThanOrEqual(0);
      expect(place.left + place.side).toBeLessThanOrEqual(width + 1);
      expect(place.top).toBeGreaterThanOrEqual(HEAD);
      expect(place.top + place.side).toBeLessThanOrEqual(height + 1);
    }
    const apart = places.every((a, i) =>
      places.slice(i + 1).every((b) => Math.abs(a.left - b.left) >= a.side || Math.abs(a.top - b.top) >= a.side + HEAD),
    );
    expect(apart).toBe(true);
    expect(places[0]!.side).toBeGreaterThan(0.35 * Math.sqrt((width * height) / count));
  });
});

it("colours may be written short", () => {
  expect(rgbOf("#fff")).toEqual([255, 255, 255]);
  expect(rgbOf("#0f6b3c")).toEqual([15, 107, 60]);
});
