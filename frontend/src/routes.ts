/** Which page a path shows. */

export type Route =
  | { page: "start" }
  | { page: "launch" }
  | { page: "runs" }
  | { page: "compare"; id: string }
  | { page: "sweep"; id: string }
  | { page: "missing" };

export function match(path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second] = parts;
  if (parts.length === 0) return { page: "start" };
  if (parts.length === 1 && first === "launch") return { page: "launch" };
  if (parts.length === 1 && first === "runs") return { page: "runs" };
  if (parts.length === 2 && first === "runs" && second !== undefined) return { page: "compare", id: decode(second) };
  if (parts.length === 2 && first === "sweeps" && second !== undefined) return { page: "sweep", id: decode(second) };
  return { page: "missing" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // Not percent-encoded: taken as it stands, and no run will be found.
  }
}
