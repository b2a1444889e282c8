import { t } from "../../messages";
import type { CompareModel } from "../compare/model.svelte";

/** What an empty card waits for. */
export function waitingText(model: CompareModel): string {
  return t(`compare.${model.over ? "nothing_measured" : model.record?.state === "queued" ? "waiting_queue" : "waiting_first"}`);
}
