"""Rooms: open one, and see whether one is open. What happens in it travels by its websocket (``room_stream``)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from normscope.core.room import RoomState
from normscope.server.answers import RoomOpened
from normscope.server.services import Server

router = APIRouter(tags=["rooms"])
Code = Annotated[str, Path(description="The room's code, in either case.", pattern="^[A-Za-z]{1,12}$")]


@router.post("/rooms", status_code=201)
async def open_room(server: Server) -> RoomOpened:
    """Open a room. Whoever has its token leads it: keep it; the code is for everyone."""
    room = server.rooms.open()
    return RoomOpened(code=room.code, token=room.token)


@router.get("/rooms/{code}")
async def read_room(code: Code, server: Server) -> RoomState:
    """What everyone in the room sees now."""
    room = server.rooms.find(code)
    if room is None:
        raise HTTPException(404, f"no room has the code '{code.upper()}', or not any more")
    return room.state
