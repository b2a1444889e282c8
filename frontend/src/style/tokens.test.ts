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
const CLASSES = ["class-1", "class-2", "class-3"];
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

/** Machado, Oliveira & Fernandes 2009, severity 1: linear RGB as seen without one kind of cone. */
const VISION: [string, number[][]][] = [
  ["protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]],
  ["deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]],
  ["tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]],
];

/** CIE 1976 L*a*b* of linear RGB, D65. */
function lab(rgb: number[]): number[] {
  const dot = (row: number[]) => row.reduce((sum, factor, index) => sum + factor * Math.min(1, Math.max(0, rgb[index]!)), 0);
  const [x, y, z] = [
    dot([0.4124, 0.3576, 0.1805]) / 0.9505,
    dot([0.2126, 0.7152, 0.0722]),
    dot([0.0193, 0.1192, 0.9505]) / 1.089,
  ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

const ARMS = Array.from({ length: 8 }, (_, index) => `arm-${index + 1}`);

describe.each(
  ["light", "dark"].flatMap((theme) => [
    { theme, what: "arms", names: ARMS },
    { theme, what: "classes", names: CLASSES },
  ]),
)("the $what of the $theme theme", ({ theme, names }) => {
  const palette = colours(theme);
  const linear = names.map((name) =>
    palette.get(name)!.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)),
  );

  it.each(VISION)("are told apart with %s", (_, matrix) => {
    const seen = linear.map((rgb) => lab(matrix.map((row) => row.reduce((sum, factor, at) => sum + factor * rgb[at]!, 0))));
    const pairs = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => Math.hypot(...a.map((value, at) => value - b[at]!))));
    expect(Math.min(...pairs)).toBeGreaterThan(15);
  });
});
