/** Where what floats (tooltip, menu) stands: beside its anchor, whole on the screen. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Under the anchor, above it where there is no room; the edge it aligns with is `start`, `end` or `centre`. */
export function place(
  anchor: Box,
  size: { width: number; height: number },
  screen: { width: number; height: number },
  align: "start" | "centre" | "end" = "start",
  gap = 6,
): { left: number; top: number } {
  const slack = anchor.width - size.width;
  const wanted = anchor.left + (align === "start" ? 0 : align === "end" ? slack : slack / 2);
  const left = Math.max(8, Math.min(wanted, screen.width - size.width - 8));
  const under = anchor.top + anchor.height + gap;
  const above = anchor.top - gap - size.height;
  const fits = under + size.height <= screen.height - 8;
  return { left, top: fits || above < 8 ? under : above };
}
