/** The language of all texts: the page's head has chosen it (`head.ts`), here it is read and changed. */

import { remember } from "../ui/storage";

export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "normscope.language";

export const language: Language = typeof document !== "undefined" && document.documentElement.lang === "ko" ? "ko" : "en";

/** From now on in `next`: the page is loaded anew at the same address, since texts are read once, where they are used. */
export function choose(next: Language): void {
  remember(KEY, next);
  location.reload();
}
