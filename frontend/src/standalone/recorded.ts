/**
 * Answers that were written into the file: the server's own, by path, each gzipped and in base64 in a `<script>` that no
 * browser runs. So whatever stands in a name can neither end its block nor become a part of the page.
 */

import type { Asked, Source } from "../api/source";
import type { StreamSocket } from "../api/stream";

const JSON_TYPE = { "content-type": "application/problem+json" };

export class Recorded implements Source {
  readonly live = false;
  private readonly blocks = new Map<string, string>();
  private readonly read = new Map<string, Promise<ArrayBuffer>>();

  constructor(page: ParentNode) {
    for (const block of page.querySelectorAll("script[data-answer]")) {
      this.blocks.set(block.getAttribute("data-answer")!, block.textContent ?? "");
    }
  }

  holds(path: string): boolean {
    return this.blocks.has(path);
  }

  /** A question for a part of an answer gets all of it; one that is finer than what was recorded is refused. */
  async answer({ method, path }: Asked): Promise<Response> {
    const [whole = "", query = ""] = path.split("?");
    if (method !== "GET") return refused(405, "nothing can be changed in a file");
    if (!this.blocks.has(whole)) return refused(404, `the file does not hold ${whole}`);
    if (/\b(?:from|to)_step=/.test(query)) return refused(404, "the file holds the whole run only");
    return new Response(await this.bytes(whole));
  }

  /** What was answered is all there is: nothing follows. */
  socket(_url: string): StreamSocket {
    return { binaryType: "", onmessage: null, onclose: null, close: () => undefined };
  }

  /** @throws DOMException, TypeError the block is damaged, or the browser cannot unpack it */
  bytes(path: string): Promise<ArrayBuffer> {
    let bytes = this.read.get(path);
    if (bytes === undefined) {
      bytes = unpacked(this.blocks.get(path) ?? "");
      this.read.set(path, bytes);
    }
    return bytes;
  }
}

async function unpacked(base64: string): Promise<ArrayBuffer> {
  const text = atob(base64.trim());
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function refused(status: number, detail: string): Response {
  return new Response(JSON.stringify({ title: "not in this file", detail }), { status, headers: JSON_TYPE });
}
