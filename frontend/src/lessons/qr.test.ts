import { expect, it } from "vitest";

import { qrPath } from "./qr";

it("draws the finder patterns in three corners within the quiet border", () => {
  const { path, side } = qrPath("http://192.168.0.10:8000/room/ABCDE");
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h/g)].map(([, x, y]) => `${x},${y}`));
  for (const [x, y] of [[4, 4], [side - 11, 4], [4, side - 11]] as const) {
    for (let i = 0; i < 7; i++) expect(dark.has(`${x + i},${y}`) && dark.has(`${x},${y + i}`)).toBe(true);
    expect(dark.has(`${x + 1},${y + 1}`)).toBe(false);
    expect(dark.has(`${x + 3},${y + 3}`)).toBe(true);
  }
  expect(dark.has(`${side - 5},${side - 5}`) && dark.has(`${side - 11},${side - 11}`)).toBe(false);
  expect([...dark].every((cell) => cell.split(",").every((at) => Number(at) >= 4 && Number(at) < side - 4))).toBe(true);
});

it("grows with its text", () => {
  expect(qrPath("a".repeat(200)).side).toBeGreaterThan(qrPath("a").side);
});
