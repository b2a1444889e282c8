/** Colour, dash and marker of each arm: the same three codes in chart, table, chip and export. */

export type Marker = "circle" | "square" | "diamond" | "triangle-up" | "cross" | "x" | "triangle-down" | "pentagon";

export interface ArmStyle {
  /** 1 to 8; the number of the colour. */
  slot: number;
  /** A CSS custom property's name, e.g. `--arm-1`. */
  variable: string;
  /** For CSS and SVG, e.g. `var(--arm-1)`. */
  color: string;
  /** Lengths of line and gap in pixels, as canvas and SVG take them; empty: solid. */
  dash: readonly number[];
  /** Named as Plotly names its symbols. */
  marker: Marker;
}

const DASHES: readonly (readonly number[])[] = [[], [], [7, 4], [2, 3], [9, 3, 2, 3], [12, 4], [5, 2], [9, 3, 2, 3, 2, 3]];
const MARKERS: readonly Marker[] = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "x",
  "triangle-down",
  "pentagon",
];
/** The slot that a norm takes wherever it appears, so that orange means "no norm" and blue "BatchNorm" in every run. */
const PREFERRED: Readonly<Record<string, number>> = { none: 1, batch: 2, layer: 3, group: 4, rms: 5 };
/** Where an arm goes whose slot is taken: the slots of no norm first. */
const SPARE: readonly number[] = [6, 7, 8, 5, 4, 3, 1, 2];

/** The style of slot 1 to 8. */
export function slotStyle(slot: number): ArmStyle {
  const index = (slot - 1) % 8;
  const variable = `--arm-${index + 1}`;
  return { slot: index + 1, variable, color: `var(${variable})`, dash: DASHES[index]!, marker: MARKERS[index]! };
}

/** One style for each arm of a run, in order, all different; `kinds` are the arms' norm kinds. */
export function armStyles(kinds: readonly string[]): ArmStyle[] {
  const taken = new Set<number>();
  const slots: (number | undefined)[] = kinds.map((kind) => {
    const slot = PREFERRED[kind];
    if (slot === undefined || taken.has(slot)) return undefined;
    taken.add(slot);
    return slot;
  });
  return slots.map((slot, index) => {
    const own = slot ?? SPARE.find((spare) => !taken.has(spare)) ?? (index % 8) + 1;
    taken.add(own);
    return slotStyle(own);
  });
}

/** The style of arm `index` of a run whose arms have these norm `kinds`; without them by index alone. */
export function armStyle(index: number, kinds: readonly string[] = []): ArmStyle {
  return (kinds.length > index ? armStyles(kinds)[index] : undefined) ?? slotStyle(index + 1);
}
