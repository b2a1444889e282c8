import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { backoff, type Connection, type Place, RunStream, type StreamSocket } from "./stream";

const golden = new Uint8Array(readFileSync(fileURLToPath(new URL("../../../tests/golden/chunk.arrow", import.meta.url))));

class Socket implements StreamSocket {
  binaryType = "";
  onmessage: StreamSocket["onmessage"] = null;
  onclose: StreamSocket["onclose"] = null;
  closed = false;
  constructor(readonly url: string) {}
  close() {
    this.closed = true;
  }
  say(message: unknown) {
    this.onmessage?.({ data: typeof message === "string" || message instanceof ArrayBuffer ? message : JSON.stringify(message) });
  }
}

const event = (sequence: number) => ({ sequence, event: { type: "applied", command_id: "c", kind: "pause", step: sequence } });
const hello = (recovered = true, epoch = 3) => ({ type: "hello", epoch, sequence: 50, recovered, record: { version: 1 } });

function open(from: Place | null = null, reload = () => Promise.resolve({ epoch: 4, after: 9 })) {
  const sockets: Socket[] = [];
  const got: number[] = [];
  const states: Connection[] = [];
  const chunks: number[] = [];
  const waits: (() => void)[] = [];
  const stream = new RunStream({
    url: (place) => JSON.stringify(place),
    from,
    handlers: {
      onrecord: () => undefined,
      onevent: (_, sequence) => got.push(sequence),
      onchunk: (chunk) => chunks.push(chunk.sequence),
      onconnection: (state) => states.push(state),
      reload,
    },
    socket: (url) => {
      const socket = new Socket(url);
      sockets.push(socket);
      return socket;
    },
    wait: () => new Promise<void>((done) => waits.push(() => done())),
  });
  stream.open();
  return { stream, sockets, got, states, chunks, waits };
}

const settle = () => new Promise((done) => setTimeout(done));

describe("RunStream", () => {
  it("takes everything once and in order", () => {
    const { sockets, got, states } = open();
    sockets[0]!.say(hello());
    for (const sequence of [1, 2, 2, 1, 3]) sockets[0]!.say(event(sequence));
    expect(got).toEqual([1, 2, 3]);
    expect(states).toEqual(["connecting", "open"]);
  });

  it("comes back with the epoch and the last sequence it has", async () => {
    const { sockets, waits, states, got } = open();
    sockets[0]!.say(hello());
    sockets[0]!.say(event(1));
    sockets[0]!.onclose?.({ code: 1006 });
    expect(states.at(-1)).toBe("offline");
    waits[0]!();
    await settle();
    expect(JSON.parse(sockets[1]!.url)).toEqual({ epoch: 3, after: 1 });
    sockets[1]!.say(hello());
    sockets[1]!.say(event(2));
    expect(got).toEqual([1, 2]);
    expect(states.at(-1)).toBe("open");
  });

  it("starts again where a sequence is missing", () => {
    const { sockets, got, states } = open();
    sockets[0]!.say(hello());
    sockets[0]!.say(event(1));
    sockets[0]!.say(event(3));
    expect(got).toEqual([1]);
    expect(sockets[0]!.closed).toBe(true);
    expect(states.at(-1)).toBe("offline");
  });

  it("loads anew and streams on from there when the epoch is over", async () => {
    const { sockets } = open({ epoch: 1, after: 40 });
    sockets[0]!.say(hello(false, 4));
    await settle();
    expect(sockets[0]!.closed).toBe(true);
    expect(JSON.parse(sockets[1]!.url)).toEqual({ epoch: 4, after: 9 });
  });

  it("tries again when loading fails", async () => {
    const { sockets, states } = open(null, () => Promise.reject(new Error("down")));
    sockets[0]!.say(hello(false));
    await settle();
    expect(states.at(-1)).toBe("offline");
  });

  it("takes tails, which have no number, and chunks, which do", () => {
    const { sockets, chunks } = open({ epoch: 3, after: 41 });
    sockets[0]!.say(hello());
    sockets[0]!.say(golden.buffer.slice(0) as ArrayBuffer);
    sockets[0]!.say(golden.buffer.slice(0) as ArrayBuffer);
    expect(chunks).toEqual([42]);
  });

  it("gives up only where the run is gone, and after close", () => {
    const gone = open();
    gone.sockets[0]!.onclose?.({ code: 4404 });
    expect(gone.states.at(-1)).toBe("gone");
    const closed = open();
    closed.stream.close();
    closed.sockets[0]!.onclose?.({ code: 1000 });
    expect(closed.sockets).toHaveLength(1);
  });
});

describe("backoff", () => {
  it("doubles up to five seconds, less at most a quarter", () => {
    expect([0, 1, 2, 3, 9].map((n) => backoff(n, 0))).toEqual([250, 500, 1000, 2000, 5000]);
    expect(backoff(9, 1)).toBe(3750);
  });
});
