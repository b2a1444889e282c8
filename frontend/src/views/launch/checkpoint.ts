/** The checkpoint at or below `step`, else the first; undefined: there is none. */
export function checkpointFor(steps: readonly number[], step: number): number | undefined {
  return steps.findLast((one) => one <= step) ?? steps[0];
}
