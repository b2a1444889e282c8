/** A room as a page is in it: followed or led, over lost connections and reloads. */

import { Problem } from "../api/http";
import { reopenRoom, roomUrl } from "../api/rooms";
import { backoff, type StreamSocket } from "../api/stream";
import type { RoomMessage, RoomState, RoomView, RoomVote } from "../api/types";
import { recall, remember } from "../ui/storage";

/** `gone`: it has ended, or there was none; `full`: no place; `refused`: this browser's token is not the room's. */
export type RoomConnection = "connecting" | "open" | "offline" | "gone" | "full" | "refused";

export interface RoomSocket extends StreamSocket {
  onopen: (() => void) | null;
  send(text: string): void;
}

export interface RoomOptions {
  code: string;
  /** The lecturer's; null: a guest. */
  token: string | null;
  socket?: (url: string) => RoomSocket;
  /** Opens the lecturer's room again on a server that has forgotten it. */
  reopen?: (code: string, token: string, view: RoomView) => Promise<unknown>;
  /** Calls back after so many milliseconds; returns what keeps it from that. */
  later?: (call: () => void, milliseconds: number) => () => void;
}

/** Milliseconds between two views: of all in between only the newest is sent. */
const EVERY = 80;
/** How often a guest asks for a room that was there before the connection was lost: its lecturer comes back too. */
const PATIENCE = 12;
const ENDS: Readonly<Record<number, RoomConnection>> = { 4404: "gone", 4403: "refused", 1013: "full" };

const wait = (call: () => void, milliseconds: number): (() => void) => {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
};

export class RoomLink {
  readonly code: string;
  readonly token: string | null;
  state: RoomState | null = $state.raw(null);
  connection: RoomConnection = $state("connecting");
  /** What this guest predicts for the slide. */
  vote: { slide: string; prediction: RoomVote } | null = $state.raw(null);
  private readonly options: RoomOptions;
  private socket: RoomSocket | null = null;
  private tries = 0;
  /** The vote is to be said anew: a server that was started again does not know it. */
  private untold = false;
  private closed = false;
  private view: RoomView | null = null;
  private resting = false;
  private cancel: (() => void) | null = null;

  constructor(options: RoomOptions) {
    this.options = options;
    this.code = options.code.toUpperCase();
    this.token = options.token;
    this.connect();
  }

  get leads(): boolean {
    return this.token !== null;
  }

  /** The lecturer: what everyone is to see. The same view is not sent twice. */
  show(view: RoomView): void {
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    if (!this.resting) this.sendView();
  }

  /** A guest: what will come out. */
  predict(slide: string, prediction: RoomVote): void {
    this.vote = { slide, prediction };
    this.say({ type: "vote", guest: guestId(), slide, prediction });
  }

  /** The lecturer: the room ends for all. */
  end(): void {
    this.say({ type: "close" });
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private connect(): void {
    if (this.closed) return;
    const open = this.options.socket ?? ((url): RoomSocket => new WebSocket(url) as unknown as RoomSocket);
    const socket = open(roomUrl(this.code, location.href));
    this.socket = socket;
    socket.onopen = (): void => {
      if (this.socket !== socket || this.token === null) return;
      this.say({ type: "lead", token: this.token });
      if (this.view !== null) this.sendView();
    };
    socket.onmessage = ({ data }): void => {
      if (this.socket !== socket) return;
      this.tries = 0;
      this.connection = "open";
      this.state = JSON.parse(String(data)) as RoomState;
      if (this.vote !== null && this.vote.slide !== this.state.view.slide) this.vote = null;
      if (this.vote !== null && this.untold) this.predict(this.vote.slide, this.vote.prediction);
      this.untold = false;
    };
    socket.onclose = ({ code }): void => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.untold = true;
      const ended = ENDS[code] ?? "offline";
      if (ended === "gone" && this.connection === "offline" && this.tries < PATIENCE) return void this.comeBack();
      this.connection = ended;
      // A room that is full may have a place later; one that is gone does not come back.
      if (ended === "offline" || ended === "full") this.again();
    };
  }

  /** The server has forgotten the room while the connection was lost: the lecturer opens it again, guests wait for that. */
  private async comeBack(): Promise<void> {
    try {
      if (this.token !== null && this.view !== null) await (this.options.reopen ?? reopenRoom)(this.code, this.token, this.view);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!error.unreachable) return void (this.connection = "gone");
    }
    this.again();
  }

  private again(): void {
    this.cancel = this.later(() => this.connect(), backoff(this.tries++));
  }

  private sendView(): void {
    this.say({ type: "show", view: this.view! });
    this.resting = true;
    const sent = this.view;
    this.later(() => {
      this.resting = false;
      if (this.view !== sent && !this.closed) this.sendView();
    }, EVERY);
  }

  private later(call: () => void, milliseconds: number): () => void {
    return (this.options.later ?? wait)(call, milliseconds);
  }

  /** What cannot be said now is not kept: the newest view is sent anew when the connection is back. */
  private say(message: RoomMessage): void {
    const { socket } = this;
    if (socket === null || ("readyState" in socket && socket.readyState !== 1)) return;
    socket.send(JSON.stringify(message));
  }
}

/** Made up once for each tab: the last vote of a guest counts, not each. */
function guestId(): string {
  const known = recall("room.guest", "tab");
  if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known;
  const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  remember("room.guest", made, "tab");
  return made;
}

const OWN = "room";

/** The room that this browser leads; null: none. */
export function ownRoom(): { code: string; token: string } | null {
  const [code, token] = (recall(OWN) ?? "").split(" ");
  return code && token ? { code, token } : null;
}

export function rememberRoom(room: { code: string; token: string } | null): void {
  remember(OWN, room === null ? null : `${room.code} ${room.token}`);
}
