/** A bar at the foot of the screen, to be attached: messages stand above it, so that they cover none of its buttons. */
export function foot(bar: HTMLElement): () => void {
  const { style } = document.documentElement;
  const sized = new ResizeObserver(() => style.setProperty("--foot", `${bar.offsetHeight}px`));
  sized.observe(bar);
  return () => {
    sized.disconnect();
    style.removeProperty("--foot");
  };
}
