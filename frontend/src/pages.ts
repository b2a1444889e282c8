/** Pages whose code is loaded on its own. */

/** Charts are the largest part. */
export const loadCompare = () => import("./views/compare/Compare.svelte");
