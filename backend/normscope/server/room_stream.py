"""The websocket of a room: everyone is sent its newest state; only who has the token can change what is shown."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Path, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from normscope.core.room import MAX_MESSAGE_CHARACTERS, MESSAGE, Close, Lead, Show, Vote
from normscope.server.close_codes import FORBIDDEN, GONE, LATER, POLICY, TOO_LARGE
from normscope.server.plain_words import field_errors
from normscope.server.rooms import Room, Rooms
from normscope.server.services import Services

EVERY_SECONDS = 0.08
"""Between two states that one viewer is sent: the newest of each span."""
LOOK_SECONDS = 30.0
"""How often a silent room is looked at, whether it still is."""
LECTURER, GUEST = (40.0, 80.0), (2.0, 10.0)
"""Messages a second, and how many may come at once."""
REASON_BYTES = 120
"""A close frame has room for 123."""
router = APIRouter()


class Refused(Exception):
    """Ends the connection with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_BYTES].decode(errors="ignore")


@router.websocket("/rooms/{code}/stream")
async def stream(websocket: WebSocket, code: Annotated[str, Path()]) -> None:
    """Follow a room, or lead it."""
    server: Services = websocket.app.state.services
    await websocket.accept()
    room = server.rooms.find(code)
    if room is None:
        await websocket.close(GONE, "no room has this code, or not any more")
        return
    if room.full:
        await websocket.close(LATER, "the room is full: try again later")
        return
    seat = Seat(websocket, server.rooms, room)
    room.join(seat.awake.set)
    tasks = [asyncio.create_task(seat.send()), asyncio.create_task(seat.listen())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        room.leave(seat.awake.set)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Refused):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # They may have gone meanwhile.
                await websocket.close(result.code, result.reason)
        elif isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


@dataclass(eq=False)
class Seat:
    """One connection to a room."""

    websocket: WebSocket
    rooms: Rooms
    room: Room
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    leads: bool = False
    _allowance: float = GUEST[1]
    _counted: float = 0.0

    async def send(self) -> None:
        """Send the newest state whenever it changed; ends with ``Refused`` when the room has."""
        sent = ""
        while self.rooms.find(self.room.code) is self.room:
            self.awake.clear()
            if self.room.text != sent:
                sent = self.room.text
                await self.websocket.send_text(sent)
                await asyncio.sleep(EVERY_SECONDS)
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.awake.wait(), LOOK_SECONDS)
        raise Refused(GONE, "the room has ended")

    async def listen(self) -> None:
        """Take messages until they leave; ends with ``Refused`` at the first that is not allowed."""
        while (message := await self.websocket.receive())["type"] != "websocket.disconnect":
            self._count()
            text = message.get("text")
            if text is None:
                raise Refused(POLICY, "expected text, got bytes")
            if len(text) > MAX_MESSAGE_CHARACTERS:
                raise Refused(TOO_LARGE, f"expected at most {MAX_MESSAGE_CHARACTERS} characters, got {len(text)}")
            try:
                parsed = MESSAGE.validate_json(text)
            except ValidationError as error:
                fault = field_errors(error.errors(), None)[0]
                raise Refused(POLICY, f"{fault['path']}: {fault['message']}") from None
            self._take(parsed)

    def _take(self, message: Lead | Show | Close | Vote) -> None:
        now = self.rooms.now()
        if isinstance(message, Lead):
            if not self.room.lead(self.awake.set, message.token, now):
                raise Refused(FORBIDDEN, "the token is not this room's")
            self.leads = True
            self._allowance = LECTURER[1]
        elif isinstance(message, Vote):
            if not self.leads:
                self.room.vote(message)
        elif not self.leads:
            raise Refused(FORBIDDEN, "only the lecturer can change what is shown")
        elif isinstance(message, Show):
            self.room.show(message.view, now)
        else:
            self.rooms.close(self.room)

    def _count(self) -> None:
        """Spend one message of the allowance, which grows with time."""
        rate, most = LECTURER if self.leads else GUEST
        now = self.rooms.now()
        self._allowance = min(most, self._allowance + rate * (now - self._counted)) - 1.0
        self._counted = now
        if self._allowance < 0.0:
            raise Refused(POLICY, f"expected at most {rate:g} messages a second, got more")
