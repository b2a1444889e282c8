/** Where answers come from: the server that a page belongs to, or what was written into its file (`standalone/recorded.ts`). */

import type { StreamSocket } from "./stream";

export interface Asked {
  method: string;
  /** After `/api`, e.g. `/runs/ab12/telemetry?points=1000`. */
  path: string;
  body?: unknown;
  signal?: AbortSignal;
}

export interface Source {
  /** False: nothing can be launched, steered or deleted, and nothing else is there than what is shown. */
  readonly live: boolean;
  /** Whether there is an answer to `path`, as far as can be told without asking. */
  holds(path: string): boolean;
  /** The answer, whatever its status. Rejects where nobody answers. */
  answer(asked: Asked): Promise<Response>;
  socket(url: string): StreamSocket;
}

declare global {
  interface Window {
    /** What the page's head has asked for already (`head.ts`), by path. */
    asked?: Map<string, Promise<Response>>;
  }
}

/** An answer that is on its way since before this code was there; for one who asks, once. */
function early(path: string): Promise<Response> | undefined {
  const asked = typeof window === "undefined" ? undefined : window.asked;
  const answer = asked?.get(path);
  asked?.delete(path);
  return answer;
}

const server: Source = {
  live: true,
  holds: () => true,
  answer({ method, path, body, signal }) {
    const json = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (method === "GET" ? early(`/api${path}`) : undefined) ?? fetch(`/api${path}`, { method, signal: signal ?? null, ...json });
  },
  socket: (url) => new WebSocket(url) as unknown as StreamSocket,
};

/** The page's own; read it when it is asked, since a file puts its own in its place before anything is shown. */
export let source: Source = server;

export function setSource(next: Source): void {
  source = next;
}
