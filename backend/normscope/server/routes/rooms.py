"""Rooms: open one, and see whether one is open. What happens in it travels by its websocket (``room_stream``)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from normscope.core.room import CODE_LENGTH, CODE_LETTERS, Reopen, RoomState
from normscope.server.answers import RoomOpened
from normscope.server.services import Server

router = APIRouter(tags=["rooms"])
Code = Annotated[str, Path(description="The room's code, in either case.", pattern="^[A-Za-z]{1,12}$")]
WholeCode = Annotated[str, Path(description="The room's code.", pattern=f"^[{CODE_LETTERS}]{{{CODE_LENGTH}}}$")]


@router.post("/rooms", status_code=201)
async def open_room(server: Server) -> RoomOpened:
    """Open a room. Whoever has its token leads it: keep it; the code is for everyone."""
    room = server.rooms.open()
    return RoomOpened(code=room.code, token=room.token)


@router.put("/rooms/{code}")
async def reopen_room(code: WholeCode, asked: Reopen, server: Server) -> RoomOpened:
    """Take up again a room that the server has forgotten with its restart. Whoever brings its token leads it."""
    room = server.rooms.reopen(code, asked.token, asked.view)
    if room is None:
        raise HTTPException(403, "the token is not this room's")
    return RoomOpened(code=room.code, token=room.token)


@router.get("/rooms/{code}")
async def read_room(code: Code, server: Server) -> RoomState:
    """What everyone in the room sees now."""
    room = server.rooms.find(code)
    if room is None:
        raise HTTPException(404, f"no room has the code '{code.upper()}', or not any more")
    return room.state
