/** Whether the server answers, as far as this page knows. Pages report; the banner shows it. */

import { send } from "../api/http";
import { Problem } from "../api/http";

const EVERY = 2000; // milliseconds between tries while it is away

class Connection {
  lost: boolean = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A request found nobody: from now on this asks until somebody answers. */
  failed(): void {
    if (this.lost) return;
    this.lost = true;
    this.#later();
  }

  answered(): void {
    clearTimeout(this.#timer);
    this.lost = false;
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#try(), EVERY);
  }

  async #try(): Promise<void> {
    try {
      await send("GET", "/health/live");
      this.answered();
    } catch (error) {
      if (error instanceof Problem && !error.unreachable) this.answered();
      else this.#later();
    }
  }
}

export const connection = new Connection();
