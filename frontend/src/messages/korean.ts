/** All Korean texts, those of single pages too: one file, which only a page in Korean loads. */

import type { Tree } from "./fill";

const files = import.meta.glob<Tree>(["./ko/*.json", "./ko/*/*.json"], { eager: true, import: "default" });

export const korean: readonly Tree[] = Object.values(files);
