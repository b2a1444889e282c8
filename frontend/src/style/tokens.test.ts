import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** The colours of a theme, `name -> [r, g, b]` in 0 to 1. */
function colours(theme: string): Map<string, number[]> {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`));
  const body = block.slice(block.indexOf("{") + 1, block.indexOf("}"));
  const found = body.matchAll(/--([a-z0-9-]+):\s*#([0-9a-f]{6})\b/g);
  return new Map([...found].map(([, name, hex]) => [name!, [0, 2, 4].map((at) => parseInt(hex!.slice(at, at + 2), 16) / 255)]));
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: number[]): number {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: number[], b: number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

const TEXTS = [
  ["ink", "page"],
  ["ink", "surface"],
  ["ink", "sunken"],
  ["muted", "page"],
  ["muted", "surface"],
  ["muted", "sunken"],
  ["accent-text", "surface"],
  ["accent-text", "page"],
  ["accent-text", "accent-soft"],
  ["on-accent", "accent"],
  ...["running", "paused", "finished", "diverged", "failed", "idle"].map((name) => [`state-${name}`, `state-${name}-soft`]),
  ["state-failed", "surface"],
] as [string, string][];
const SHAPES = ["outline", "focus", ...Array.from({ length: 8 }, (_, index) => `arm-${index + 1}`)];

describe.each(["light", "dark"])("the %s theme", (theme) => {
  const palette = colours(theme);

  it.each(TEXTS)("text: %s is legible on %s", (text, ground) => {
    expect(contrast(palette.get(text)!, palette.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)("shapes: %s stands out from the surface", (name) => {
    expect(contrast(palette.get(name)!, palette.get("surface")!)).toBeGreaterThanOrEqual(3);
  });
});

it("both themes define the same colours", () => {
  expect([...colours("dark").keys()].sort()).toEqual([...colours("light").keys()].sort());
});
