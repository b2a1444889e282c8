/** Says why the server did not do what was asked of the list. */

import { Problem } from "../../api/http";
import { t } from "../../messages";
import { connection } from "../../shell/connection.svelte";
import { toasts } from "../../ui/toasts.svelte";

export function refused(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  if (error.unreachable) connection.failed();
  toasts.show(error.unreachable ? t("shell.away.title") : error.message, { tone: "failed" });
}
