/** Colours and fonts for canvas and Plotly, read from the CSS custom properties once for each theme. */

const cache = new Map<string, string>();

/** The value of a custom property, e.g. `--arm-1`. */
export function colour(variable: string): string {
  let value = cache.get(variable);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(variable).trim() || "#888888";
    cache.set(variable, value);
  }
  return value;
}

/** A colour of a line as a colour for text: a third of ink in it, so that small letters have contrast enough. */
export function textColour(variable: string): string {
  const key = `text ${variable}`;
  let value = cache.get(key);
  if (value === undefined) {
    value = mixed(colour(variable), colour("--ink"), 1 / 3);
    cache.set(key, value);
  }
  return value;
}

/** `share` of `b` in `a`; both `#rrggbb`. */
export function mixed(a: string, b: string, share: number): string {
  const part = (at: number): string => {
    const [x, y] = [parseInt(a.slice(at, at + 2), 16), parseInt(b.slice(at, at + 2), 16)];
    return Math.round(x + (y - x) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

export function fontFamily(): string {
  return colour("--font");
}

/** A canvas's font; it grows with the page's letters. */
export function lettering(weight: 400 | 600 = 400, size = 12): string {
  return `${weight} ${sized(size)}px ${fontFamily()}`;
}

let letters: number | null = null;

/** Pixels of what is `size` pixels where the page's letters have their usual size: charts grow with them, on a projector too. */
export function sized(size: number): number {
  if (typeof document === "undefined") return size;
  letters ??= (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16;
  return size * letters;
}

if (typeof window !== "undefined") {
  window.addEventListener("themechange", () => cache.clear(), { capture: true });
  for (const event of ["themechange", "resize"]) window.addEventListener(event, () => (letters = null), { capture: true });
}
