/** The two scales of the diagram: sequential for the arms (cividis, made for every kind of colour vision; Nuñez, Anderton &
 * Renslow 2018), diverging around 0 for their difference (ends as the first two arms: orange and blue). */

const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
const DIVERGING = ["#8f4500", "#c96a12", "#ecaa6a", "#f6dcc1", "#f3f3f3", "#c6dbf2", "#79aee6", "#2f78cc", "#0f4a92"];

export type Scale = "sequential" | "diverging";

/** The colour at `share` (0 to 1) of a scale, as `#rrggbb`. */
export function colourAt(scale: Scale, share: number): string {
  const stops = scale === "sequential" ? CIVIDIS : DIVERGING;
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  return mix(stops[index]!, stops[index + 1]!, at - index);
}

/** Black or white, whichever is read more easily on `colour`. */
export function inkOn(colour: string): string {
  const [r, g, b] = channels(colour).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return luminance > 0.18 ? "#10141a" : "#ffffff";
}

function mix(a: string, b: string, share: number): string {
  const [from, to] = [channels(a), channels(b)];
  const parts = from.map((one, index) => Math.round(one + (to[index]! - one) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
