/** What a chart says of itself when it is asked. */

export interface Explanation {
  /** What is measured. */
  what: string;
  /** How, as a formula; empty: none. */
  formula: string;
  unit: string;
  /** Where it is from, or how it is measured here; absent: said nowhere. */
  source?: string;
}
