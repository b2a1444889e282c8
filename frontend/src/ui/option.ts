/** One of a few values to choose from. */
export interface Option<V extends string = string> {
  value: V;
  label: string;
  /** A second, muted line. */
  note?: string;
  /** A small drawing before the label: one SVG path for each class, in a square from -1 to 1. */
  picture?: readonly string[];
  disabled?: boolean;
  /** Said on hover: why it is disabled. */
  title?: string;
}
