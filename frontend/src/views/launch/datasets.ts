/** What the form says beside a data set: whether it is there, or what getting it takes. */

import type { DataSetOffer } from "../../api/types";
import { t } from "../../messages";
import { bytes } from "../../ui/format";
import type { Option } from "../../ui/option";
import { TOYS } from "./toys";

export function datasetNotes(dataset: DataSetOffer | undefined): Partial<Pick<Option, "note" | "picture" | "disabled" | "title">> {
  if (dataset === undefined) return {};
  const picture = TOYS[dataset.kind];
  if (picture) return { note: t("form.dataset.drawn"), picture };
  if (dataset.at_hand) return { note: t("form.dataset.at_hand") };
  if (dataset.downloadable) return { note: t("form.dataset.download", { size: bytes(dataset.download_bytes) }) };
  return { note: t("form.dataset.absent"), disabled: true, title: t("form.error.dataset") };
}
