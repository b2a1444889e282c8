// @vitest-environment happy-dom
import { expect, it } from "vitest";

import type { RoomState, RoomView } from "../api/types";
import { RoomLink, type RoomOptions, type RoomSocket } from "./room.svelte";

const VIEW: RoomView = { slide: "speed", phase: "watch", trial: null, step: 3, pointer: null };

class Line implements RoomSocket {
  binaryType = "";
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  said: { type: string; [key: string]: unknown }[] = [];
  closed = false;
  send(text: string): void {
    this.said.push(JSON.parse(text) as { type: string });
  }
  close(): void {
    this.closed = true;
  }
  tell(view: Partial<RoomView> = {}): void {
    const state: RoomState = { type: "room", code: "ABCDE", view: { ...VIEW, ...view }, present: 2, lecturer: true, votes: { supported: 0, refuted: 0 } };
    this.onmessage?.({ data: JSON.stringify(state) });
  }
}

function linked(token: string | null, reopen?: RoomOptions["reopen"]) {
  const lines: Line[] = [];
  const waiting: { call: () => void; milliseconds: number }[] = [];
  const room = new RoomLink({
    code: "abcde",
    token,
    ...(reopen && { reopen }),
    socket: () => {
      lines.push(new Line());
      return lines.at(-1)!;
    },
    later: (call, milliseconds) => {
      waiting.push({ call, milliseconds });
      return () => undefined;
    },
  });
  const pass = (): void => waiting.splice(0).forEach(({ call }) => call());
  return { room, lines, waiting, pass };
}

it("a lecturer leads first, then shows; of what changes meanwhile only the newest is sent", () => {
  const { room, lines, pass } = linked("t".repeat(32));
  lines[0]!.onopen!();
  for (const step of [1, 2, 3]) room.show({ ...VIEW, step });
  expect(lines[0]!.said.map((one) => one.type)).toEqual(["lead", "show"]);
  pass();
  pass();
  room.show({ ...VIEW, step: 3 });
  expect(lines[0]!.said.slice(1).map((one) => (one["view"] as RoomView).step)).toEqual([1, 3]);
});

it("comes back after a lost connection, and shows what was shown", () => {
  const { room, lines, pass } = linked("t".repeat(32));
  lines[0]!.onopen!();
  lines[0]!.tell();
  room.show(VIEW);
  pass();
  lines[0]!.onclose!({ code: 1006 });
  expect(room.connection).toBe("offline");
  pass();
  lines[1]!.onopen!();
  expect(lines[1]!.said.map((one) => one.type)).toEqual(["lead", "show"]);
  lines[1]!.tell();
  expect(room.connection).toBe("open");
});

it("a guest says nothing but a prediction, which is forgotten with the slide", () => {
  const { room, lines } = linked(null);
  lines[0]!.onopen!();
  lines[0]!.tell({ phase: "ask" });
  expect(lines[0]!.said).toEqual([]);
  room.predict("speed", "refuted");
  room.predict("speed", "supported");
  expect(lines[0]!.said.map((one) => one["prediction"])).toEqual(["refuted", "supported"]);
  expect(lines[0]!.said[0]!["guest"]).toMatch(/^[0-9a-f]{32}$/);
  expect(lines[0]!.said[0]!["guest"]).toBe(lines[0]!.said[1]!["guest"]);
  lines[0]!.tell({ slide: "scale" });
  expect(room.vote).toBeNull();
});

it.each([
  [4404, "gone", 0],
  [4403, "refused", 0],
  [1013, "full", 1],
  [1012, "offline", 1],
] as const)("close code %i is %s", (code, connection, again) => {
  const { room, lines, waiting } = linked(null);
  lines[0]!.onclose!({ code });
  expect(room.connection).toBe(connection);
  expect(waiting.length).toBe(again);
});

it("a lecturer opens the room again on a server that was started anew, a guest waits for that and votes again", async () => {
  const asked: unknown[] = [];
  const { room, lines, pass } = linked("t".repeat(32), (...words) => Promise.resolve(asked.push(words)));
  lines[0]!.onopen!();
  lines[0]!.tell();
  room.show(VIEW);
  pass();
  lines[0]!.onclose!({ code: 1006 });
  pass();
  lines[1]!.onclose!({ code: 4404 });
  expect(room.connection).toBe("offline");
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toEqual([["ABCDE", "t".repeat(32), VIEW]]);
  pass();
  expect(lines.length).toBe(3);

  const guest = linked(null);
  guest.lines[0]!.tell({ phase: "ask" });
  guest.room.predict("speed", "refuted");
  guest.lines[0]!.onclose!({ code: 1006 });
  guest.pass();
  guest.lines[1]!.onclose!({ code: 4404 });
  await Promise.resolve();
  guest.pass();
  guest.lines[2]!.tell({ phase: "ask" });
  expect(guest.room.connection).toBe("open");
  expect(guest.lines[2]!.said.map((one) => one["prediction"])).toEqual(["refuted"]);
});

it("a guest does not wait for ever for a room that is gone, and not at all where it was closed", async () => {
  const { room, lines, pass } = linked(null);
  lines[0]!.tell();
  lines[0]!.onclose!({ code: 1006 });
  for (let i = 0; i < 20 && room.connection === "offline"; i++) {
    pass();
    lines.at(-1)!.onclose!({ code: 4404 });
    await Promise.resolve();
  }
  expect(room.connection).toBe("gone");
  const closed = linked(null);
  closed.lines[0]!.tell();
  closed.lines[0]!.onclose!({ code: 4404 });
  expect(closed.room.connection).toBe("gone");
});

it("a page that is left says no more", () => {
  const { room, lines, pass } = linked(null);
  room.close();
  expect(lines[0]!.closed).toBe(true);
  lines[0]!.onclose!({ code: 1006 });
  pass();
  expect(lines.length).toBe(1);
});
