/** The address says how a run is looked at, and how it is looked at follows the address. */

import { untrack } from "svelte";

import { address } from "../../address";
import { router, setQuery } from "../../router.svelte";
import { match } from "../../routes";
import type { CompareModel } from "./model.svelte";
import { readView, writeView } from "./view";

/** Milliseconds that a look must rest before the address says it. */
const REST = 200;

/** For as long as the page of run `id` is there; to be called while its component is made. */
export function keepAddress(model: CompareModel, id: string): void {
  let written = "";
  // Their number alone: the names are read anew with each record, ten times a second, and nothing would ever rest.
  const arms = $derived(model.names.length);

  // The address leads where it changes by itself (back, a link), the page leads everywhere else.
  $effect(() => {
    const now = readView(router.query, arms || 8);
    if (address.search() !== written) untrack(() => model.look(now));
  });

  $effect(() => {
    const changes = writeView(model.view, arms);
    if (model.playing || arms === 0) return;
    const timer = setTimeout(() => {
      const route = match(address.path());
      if (route.page !== "compare" || route.id !== id) return;
      written = address.search();
      setQuery(changes, { replace: true });
      written = address.search();
    }, REST);
    return () => clearTimeout(timer);
  });
}
