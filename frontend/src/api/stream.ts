/**
 * A run's websocket that never loses its place: it reconnects with the epoch and the last sequence it has seen, so
 * that everything arrives once and in order. Where the server cannot continue from there, `reload` is asked for a new
 * place.
 */

import { decode, type Chunk } from "./arrow";
import { parse } from "./http";
import { source } from "./source";
import type { Hello, NumberedEvent, RunEvent, RunRecord, StateMessage } from "./types";

export type Connection = "connecting" | "open" | "offline" | "gone";

export interface Place {
  epoch: number;
  after: number;
}

export interface StreamHandlers {
  onrecord(record: RunRecord): void;
  onevent(event: RunEvent, sequence: number): void;
  onchunk(chunk: Chunk): void;
  onconnection(state: Connection): void;
  /** Clear, load the telemetry, and say from where to stream on. */
  reload(): Promise<Place>;
}

export interface StreamSocket {
  binaryType: string;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close(): void;
}

export interface StreamOptions {
  url(place: Place | null): string;
  /** Null: from the beginning. */
  from: Place | null;
  handlers: StreamHandlers;
  socket?: (url: string) => StreamSocket;
  wait?: (milliseconds: number) => Promise<void>;
}

/** Milliseconds before try n (from 0), with up to a quarter of jitter so that viewers do not return all at once. */
export function backoff(n: number, random: number = Math.random()): number {
  return Math.min(5000, 250 * 2 ** n) * (1 - random / 4);
}

const UNKNOWN_RUN = 4404;

export class RunStream {
  place: Place | null;
  private readonly options: StreamOptions;
  private socket: StreamSocket | null = null;
  private tries = 0;
  private closed = false;
  private wake: (() => void) | null = null;

  constructor(options: StreamOptions) {
    this.options = options;
    this.place = options.from;
  }

  /** Connect now; also cuts a waiting time short (the browser came back online). */
  open(): void {
    if (this.closed || this.socket !== null) return;
    if (this.wake !== null) return this.wake();
    this.connect();
  }

  close(): void {
    this.closed = true;
    this.drop();
    this.wake?.();
  }

  private connect(): void {
    if (this.closed) return;
    if (this.tries === 0) this.options.handlers.onconnection("connecting");
    const open = this.options.socket ?? ((url): StreamSocket => source.socket(url));
    const socket = open(this.options.url(this.place));
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event): void => this.receive(socket, event.data);
    socket.onclose = (event): void => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === UNKNOWN_RUN) return this.options.handlers.onconnection("gone");
      void this.retry();
    };
    this.socket = socket;
  }

  private async retry(): Promise<void> {
    this.options.handlers.onconnection("offline");
    const wait = this.options.wait ?? ((ms): Promise<void> => new Promise((done) => setTimeout(done, ms)));
    const woken = new Promise<void>((done) => (this.wake = done));
    await Promise.race([wait(backoff(this.tries++)), woken]);
    this.wake = null;
    this.connect();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private receive(socket: StreamSocket, data: unknown): void {
    if (this.socket !== socket) return;
    if (data instanceof ArrayBuffer) return this.receiveChunk(decode(data));
    const message = parse<Hello | StateMessage | NumberedEvent>(String(data));
    if ("sequence" in message && "event" in message) {
      if (this.next(message.sequence)) this.options.handlers.onevent(message.event, message.sequence);
    } else if (message.type === "hello") {
      this.greet(message);
    } else if (message.type === "state") {
      this.options.handlers.onrecord(message.record);
    }
  }

  private greet(hello: Hello): void {
    this.tries = 0;
    this.options.handlers.onrecord(hello.record);
    if (hello.recovered) {
      this.place ??= { epoch: hello.epoch, after: 0 };
      this.options.handlers.onconnection("open");
      return;
    }
    this.drop();
    void this.options.handlers.reload().then(
      (place) => {
        this.place = place;
        this.connect();
      },
      () => this.retry(),
    );
  }

  private receiveChunk(chunk: Chunk): void {
    if (chunk.sequence === 0 || this.next(chunk.sequence)) this.options.handlers.onchunk(chunk);
  }

  /** True for what comes next; false for what is known already. A gap means the socket lies: start it again. */
  private next(sequence: number): boolean {
    const place = (this.place ??= { epoch: 0, after: 0 });
    if (sequence <= place.after) return false;
    if (sequence > place.after + 1) {
      this.drop();
      void this.retry();
      return false;
    }
    place.after = sequence;
    return true;
  }
}
