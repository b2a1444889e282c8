/** A file that shows a run, a sweep or claims without a server: the same pages, with the answers that were written into it. */

import { mount } from "svelte";

import { hashAddress, setAddress } from "../address";
import { setSource } from "../api/source";
import { loadTexts } from "../messages";
import { language } from "../messages/language";
import { router } from "../router.svelte";
import "../style/tokens.css";
import "../style/base.css";
import { theme } from "../style/theme.svelte";
import { contentsOf, startOf } from "./contents";
import File from "./File.svelte";
import { preparePrint } from "./print";
import { Recorded } from "./recorded";

const recorded = new Recorded(document);
setSource(recorded);

async function begin(): Promise<void> {
  const contents = await contentsOf(recorded);
  if (language !== "en") await loadTexts();
  setAddress(hashAddress(startOf(contents)));
  theme.start();
  preparePrint();
  router.start();
  const target = document.getElementById("app")!;
  target.replaceChildren();
  mount(File, { target, props: { contents } });
}

begin().catch((error: unknown) => {
  document.getElementById("app")!.textContent = `This file is damaged or cut off, or the browser is too old to unpack it: ${String(error)}`;
});
