/** What the form says beside a device, and of one that is not there. */

import type { DeviceOffer } from "../../api/types";
import { t } from "../../messages";
import type { Option } from "../../ui/option";

export function deviceNotes(device: DeviceOffer | undefined): Partial<Pick<Option, "note" | "disabled" | "title">> {
  if (device === undefined) return {};
  if (device.at_hand) return device.name === "" ? {} : { note: device.name };
  return { note: t("form.device.absent"), disabled: true, title: t("form.error.device") };
}

export function deviceFlaws(device: DeviceOffer | undefined): { path: string; code: string; params: Record<string, never> }[] {
  return device === undefined || device.at_hand ? [] : [{ path: "device", code: "device", params: {} }];
}
