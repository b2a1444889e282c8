/** Which page a path shows. */

/** What a run can be looked at with; each has its own address below the run's, the first the run's own. */
export const TABS = ["compare", "microscope", "gradients", "landscape", "maps"] as const;
export type Tab = (typeof TABS)[number];

export type Route =
  | { page: "start" }
  | { page: "launch" }
  | { page: "runs" }
  | { page: "compare"; id: string; tab: Tab }
  | { page: "sweep"; id: string }
  | { page: "claims" }
  | { page: "claim"; id: string }
  | { page: "lesson" }
  | { page: "room"; id: string }
  | { page: "missing" };

export function match(path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second] = parts;
  if (parts.length === 0) return { page: "start" };
  if (parts.length === 1 && first === "launch") return { page: "launch" };
  if (parts.length === 1 && first === "runs") return { page: "runs" };
  if (parts.length === 1 && first === "claims") return { page: "claims" };
  if (parts.length === 1 && first === "lesson") return { page: "lesson" };
  if (parts.length === 2 && first === "room" && second !== undefined) return { page: "room", id: decode(second) };
  if (parts.length === 2 && first === "claims" && second !== undefined) return { page: "claim", id: decode(second) };
  if (first === "runs" && second !== undefined) {
    const tab = parts.length === 2 ? "compare" : TABS.find((name, i) => i > 0 && parts.length === 3 && name === parts[2]);
    return tab === undefined ? { page: "missing" } : { page: "compare", id: decode(second), tab };
  }
  if (parts.length === 2 && first === "sweeps" && second !== undefined) return { page: "sweep", id: decode(second) };
  return { page: "missing" };
}

/** The address of a run's tab. */
export function tabPath(id: string, tab: Tab): string {
  const run = `/runs/${encodeURIComponent(id)}`;
  return tab === "compare" ? run : `${run}/${tab}`;
}

/** Paths with the same place are one page: what it holds stays while its address changes. */
export function placeOf(path: string): string {
  const route = match(path);
  return route.page === "compare" ? tabPath(route.id, "compare") : path;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // Not percent-encoded: taken as it stands, and no run will be found.
  }
}
