/** A run's model whose address is kept without its page. */

import { keepAddress } from "../address.svelte";
import { CompareModel } from "../model.svelte";

export function kept(id: string): { model: CompareModel; leave: () => void } {
  let model: CompareModel | undefined;
  const leave = $effect.root(() => {
    model = new CompareModel(id);
    keepAddress(model, id);
  });
  return { model: model!, leave };
}
