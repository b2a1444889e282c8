/** What of the diagram is a matter of looking, and how the address says it. */

import { type Metric, METRICS } from "./diagram";

export interface View {
  metric: Metric;
  /** The arms whose difference is shown: first minus second. */
  pair: readonly [number, number];
  /** The cell that is looked at. */
  cell: number | null;
}

/** Anything that is not understood counts as not said. */
export function readView(query: Pick<URLSearchParams, "get">, arms: number, cells: number): View {
  const metric = METRICS.find((one) => one === query.get("metric")) ?? METRICS[0];
  const pair = /^(\d)-(\d)$/.exec(query.get("minus") ?? "");
  const [a, b] = pair === null ? [1, 0] : [Number(pair[1]), Number(pair[2])];
  const cell = /^\d{1,3}$/.test(query.get("cell") ?? "") ? Number(query.get("cell")) : null;
  return {
    metric,
    pair: a < arms && b < arms && a !== b ? [a, b] : [Math.min(1, arms - 1), 0],
    cell: cell !== null && cell < cells ? cell : null,
  };
}

/** Null: not in the address, because it is as the page starts. */
export function writeView(view: View): Record<string, string | null> {
  return {
    metric: view.metric === METRICS[0] ? null : view.metric,
    minus: view.pair[0] === 1 && view.pair[1] === 0 ? null : view.pair.join("-"),
    cell: view.cell === null ? null : String(view.cell),
  };
}

/** The cell that an arrow key leads to; the same one at the edge. Columns are the first axis, rows the second, upwards. */
export function moved(cell: number, key: string, columns: number, rows: number): number {
  const [column, row] = [Math.floor(cell / rows), cell % rows];
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [0, 0];
  const [x, y] = [Math.min(columns - 1, Math.max(0, column + dx!)), Math.min(rows - 1, Math.max(0, row + dy!))];
  return x * rows + y;
}
