/** Titles and sentences of presets: from the messages; one that has none yet goes by its spec's name. */

import type { PresetOffer } from "../api/types";
import { has, t } from "../messages";

export function presetTitle(preset: PresetOffer): string {
  return has(`preset.${preset.id}.title`) ? t(`preset.${preset.id}.title`) : preset.spec.name || preset.id;
}

/** What it shows, in one sentence; empty where nobody wrote one. */
export function presetText(preset: PresetOffer): string {
  return has(`preset.${preset.id}.text`) ? t(`preset.${preset.id}.text`) : "";
}
