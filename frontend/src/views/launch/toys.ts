/** Drawings of the toy sets: one SVG path for each class, in a square from -1 to 1, y downwards. */

const dot = (x: number, y: number): string => `M${x} ${y}h.01`;
const circle = (r: number): string => `M${r} 0A${r} ${r} 0 1 1 ${-r} 0A${r} ${r} 0 1 1 ${r} 0`;

/** An arm of the spirals: radius grows with the angle, one turn and a half. */
function spiral(start: number): string {
  const points = Array.from({ length: 25 }, (_, i) => {
    const radius = 0.08 + (0.92 * i) / 24;
    const angle = start + 3 * Math.PI * radius;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(-radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}`;
}

const blob = (x: number, y: number): string => dot(x, y) + dot(x - 0.2, y + 0.22) + dot(x + 0.22, y + 0.2);

export const TOYS: Readonly<Record<string, readonly string[]>> = {
  spirals: [spiral(0), spiral(Math.PI)],
  moons: ["M-1 .1A.65 .65 0 0 1 .3 .1", "M-.3 -.1A.65 .65 0 0 0 1 -.1"],
  circles: [circle(0.95), circle(0.4)],
  blobs: [blob(0, -0.7), blob(-0.6, 0.4), blob(0.6, 0.4)],
};
