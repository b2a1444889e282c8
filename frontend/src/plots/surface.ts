/** An element that is painted on: its size, whether it is in sight, and the page's theme, told to the scheduler. */

import { AHEAD, type Paintable, PIXELS_AHEAD, scheduler } from "./scheduler";

export class Surface {
  visible = false;
  width = 0;
  height = 0;
  private readonly resize: ResizeObserver;
  private readonly seen: IntersectionObserver;
  private readonly restyle: () => void;

  /** `restyle` is called when the theme changes; by default the owner is painted anew. */
  constructor(element: Element, owner: Paintable, restyle: () => void = () => scheduler.invalidate(owner)) {
    this.restyle = restyle;
    this.resize = new ResizeObserver((entries) => {
      const { width, height } = entries[entries.length - 1]!.contentRect;
      const first = this.width === 0;
      this.width = Math.round(width);
      this.height = Math.round(height);
      if (!first) return scheduler.invalidate(owner);
      // What is in sight is told only after the frame was painted; it is laid out, so asking costs nothing.
      const { top, bottom } = element.getBoundingClientRect();
      this.visible = top < window.innerHeight + PIXELS_AHEAD && bottom > -PIXELS_AHEAD;
      scheduler.born(owner);
    });
    this.seen = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1]!.isIntersecting;
      if (this.visible) scheduler.shown(owner);
    }, AHEAD);
    this.resize.observe(element);
    this.seen.observe(element);
    window.addEventListener("themechange", this.restyle);
  }

  destroy(): void {
    this.resize.disconnect();
    this.seen.disconnect();
    window.removeEventListener("themechange", this.restyle);
  }
}

/** The context of `canvas` in CSS pixels, cleared; the canvas gets `ratio` pixels for each of them. */
export function contextOf(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  ratio = window.devicePixelRatio || 1,
): CanvasRenderingContext2D | null {
  const { width, height } = size;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx?.clearRect(0, 0, width, height);
  return ctx;
}
