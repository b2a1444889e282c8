/** What a file says of itself: `normscope.server.document` writes it as its first block. */

import { parse } from "../api/http";
import type { Recorded } from "./recorded";

export interface Contents {
  kind: "replay" | "report";
  /** A report may show several claims. */
  subject: "run" | "sweep" | "claims";
  /** Of the run or the sweep, or of each claim. */
  ids: string[];
  name: string;
  /** Unix time in seconds. */
  exported_at: number;
  version: string;
  /** Where it was exported: name and value. */
  environment: Record<string, string>;
  /** Neighbouring points were merged, so that the file is of a sane size. */
  merged: boolean;
}

/** Where it begins. */
export const startOf = (contents: Contents): string => (contents.kind === "replay" ? `/runs/${contents.ids[0] ?? ""}` : "/");

export async function contentsOf(recorded: Recorded): Promise<Contents> {
  return parse<Contents>(new TextDecoder().decode(await recorded.bytes("/contents")));
}
