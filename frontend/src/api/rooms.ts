/** Rooms: opened by HTTP, followed and led by a websocket. */

import { request } from "./http";
import type { RoomOpened, RoomState } from "./types";

export const openRoom = (): Promise<RoomOpened> => request("POST", "/rooms");
export const getRoom = (code: string): Promise<RoomState> => request("GET", `/rooms/${encodeURIComponent(code)}`);

export function roomUrl(code: string, base: string | URL): string {
  const url = new URL(`/api/rooms/${encodeURIComponent(code)}/stream`, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
