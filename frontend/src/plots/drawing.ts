/** A picture on a canvas of its own, painted with the page's frames and only where what it shows has changed. */

import { fileName } from "./names";
import type { Size } from "./paint";
import { save } from "./picture";
import { type Paintable, scheduler } from "./scheduler";
import { contextOf, Surface } from "./surface";
import { colour } from "./theme";

export interface DrawingOptions {
  canvas: HTMLCanvasElement;
  onempty(empty: boolean): void;
}

export abstract class Drawing<Options extends DrawingOptions> implements Paintable {
  protected readonly options: Options;
  protected readonly surface: Surface;
  /** Nothing is painted on less, in either direction. */
  protected readonly least: number = 40;
  private empty: boolean | null = null;
  /** What was painted last; null: it is to be painted anew in any case. */
  private looks: string | null = null;

  constructor(options: Options) {
    this.options = options;
    this.surface = new Surface(options.canvas, this, () => {
      this.looks = null;
      this.invalidate();
    });
  }

  get visible(): boolean {
    return this.surface.visible;
  }

  invalidate(): void {
    scheduler.invalidate(this);
  }

  destroy(): void {
    scheduler.forget(this);
    this.surface.destroy();
  }

  paint(): void {
    const { width, height } = this.surface;
    if (width < this.least || height < this.least) return;
    const size = { width, height };
    const key = this.looksOf(size);
    const looks = key === null ? null : `${width}|${height}|${key}`;
    if (looks !== null && looks === this.looks) return;
    const ctx = contextOf(this.options.canvas, size);
    if (ctx !== null) this.paintOn(ctx, size);
    this.looks = looks;
  }

  /** As a file, 960 wide and `height` high in CSS pixels. */
  savePng(title: string, height: number): void {
    const canvas = document.createElement("canvas");
    const size = { width: 960, height };
    const ctx = contextOf(canvas, size, 2);
    if (ctx === null) return;
    ctx.fillStyle = colour("--surface");
    ctx.fillRect(0, 0, size.width, size.height);
    this.paintOn(ctx, size);
    save(canvas.toDataURL("image/png"), `${fileName(title)}.png`);
  }

  /** Whether there is anything to see; told on when it changes. */
  protected report(empty: boolean): void {
    if (empty === this.empty) return;
    this.empty = empty;
    this.options.onempty(empty);
  }

  /** All that the picture depends on besides its size; null: that cannot be said. */
  protected abstract looksOf(size: Size): string | null;

  protected abstract paintOn(ctx: CanvasRenderingContext2D, size: Size): void;
}
