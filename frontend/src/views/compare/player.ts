/** Replay: moves the cursor through the run as a film does. One time through takes 20 seconds at speed 1. */

export const SECONDS = 20;

export interface PlayerHost {
  /** Last step there is. */
  end(): number;
  /** Null: live, or the end. */
  cursor(): number | null;
  speed(): number;
  /** Null: the end was reached. */
  move(step: number | null): void;
  request?(run: (now: number) => void): void;
}

export class Player {
  playing = false;
  private readonly host: PlayerHost;
  private at = 0;
  private last = NaN;

  constructor(host: PlayerHost) {
    this.host = host;
  }

  /** From the cursor on; from the beginning where it stands at the end. */
  play(): void {
    if (this.playing) return;
    const cursor = this.host.cursor();
    this.at = cursor === null || cursor >= this.host.end() ? 0 : cursor;
    this.host.move(Math.round(this.at));
    this.playing = true;
    this.last = NaN;
    this.next();
  }

  stop(): void {
    this.playing = false;
  }

  private next(): void {
    const request = this.host.request ?? ((run: (now: number) => void): void => void requestAnimationFrame(run));
    request((now) => this.frame(now));
  }

  private frame(now: number): void {
    if (!this.playing) return;
    const cursor = this.host.cursor();
    // Somebody dragged the time bar meanwhile: play on from there.
    if (cursor !== null && Math.abs(cursor - this.at) > 1) this.at = cursor;
    const seconds = Number.isNaN(this.last) ? 0 : Math.min(0.1, (now - this.last) / 1000);
    this.last = now;
    const end = this.host.end();
    this.at += (seconds * this.host.speed() * Math.max(1, end)) / SECONDS;
    if (this.at >= end) {
      this.playing = false;
      this.host.move(null);
      return;
    }
    this.host.move(Math.round(this.at));
    this.next();
  }
}
