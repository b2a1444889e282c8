/** One of a few values to choose from. */
export interface Option<V extends string = string> {
  value: V;
  label: string;
  /** A second, muted line. */
  note?: string;
  disabled?: boolean;
  /** Said on hover: why it is disabled. */
  title?: string;
}
