/** Moves an element, with all its state, under another parent. */
export function adopt(parent: HTMLElement, child: HTMLElement): void {
  parent.append(child);
}
