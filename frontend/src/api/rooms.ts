/** Rooms: opened by HTTP, followed and led by a websocket. */

import { request } from "./http";
import type { RoomOpened, RoomState, RoomView } from "./types";

export const openRoom = (): Promise<RoomOpened> => request("POST", "/rooms");
/** After a restart of the server, which has forgotten it. */
export const reopenRoom = (code: string, token: string, view: RoomView): Promise<RoomOpened> => request("PUT", `/rooms/${encodeURIComponent(code)}`, { token, view });
export const getRoom = (code: string): Promise<RoomState> => request("GET", `/rooms/${encodeURIComponent(code)}`);

export function roomUrl(code: string, base: string | URL): string {
  const url = new URL(`/api/rooms/${encodeURIComponent(code)}/stream`, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
