import { t } from "../../messages";
import type { CompareModel } from "./model.svelte";

type Waited = Pick<CompareModel, "loading" | "over"> & { readonly record: { readonly state: string } | null };

/** What an empty card waits for; nothing is said to be absent before it is known. */
export function waitingText(model: Waited): string {
  if (model.over) return model.loading ? "" : t("compare.nothing_measured");
  return t(model.record?.state === "queued" ? "compare.waiting_queue" : "compare.waiting_first");
}
