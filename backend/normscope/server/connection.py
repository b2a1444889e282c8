"""uvicorn's websocket connection, with an end for viewers that never read.

uvicorn closes a connection by flushing it first, which never happens where the other side does not read: the socket,
its buffers and its task would stay. Here a transport that could not write for some seconds is aborted.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALLED_SECONDS = 10.0
"""A transport whose buffer did not drain for so long is aborted."""


class Connection(WebSocketsSansIOProtocol):
    """Offers itself to the application as ``websocket.state.connection``."""

    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": self}

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget()
        # It holds this object, and this object holds it.
        self.app_state = {}

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.cut()

    def cut(self) -> None:
        """End the connection now; what the kernel still holds for the other side is dropped."""
        connected = self.transport.get_extra_info("socket")
        if connected is not None and connected.fileno() >= 0:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def abort(websocket: WebSocket) -> None:
    """Cut the connection without a word, if the server below can."""
    connection = websocket.scope.get("state", {}).get("connection")
    if isinstance(connection, Connection):
        connection.cut()
