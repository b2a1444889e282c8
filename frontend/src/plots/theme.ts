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

export function fontFamily(): string {
  return colour("--font");
}

if (typeof window !== "undefined") window.addEventListener("themechange", () => cache.clear(), { capture: true });
