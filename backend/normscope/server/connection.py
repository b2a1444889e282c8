"""uvicorn's websocket connection, with an end for viewers that never read.

uvicorn closes a connection by flushing it first, which never happens where the other side does not read: the socket,
its buffers and its task would stay. Here a transport that could not write for some seconds is aborted.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import sys
import termios

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALLED_SECONDS = 10.0
"""A transport whose full buffer did not shrink for so long is aborted; one that shrinks has a slow reader."""


class Connection(WebSocketsSansIOProtocol):
    """Offers itself to the application as ``websocket.state.connection``."""

    _stalled: asyncio.TimerHandle | None = None
    _unsent: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": self}

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

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

    def _watch(self) -> None:
        self._unsent = self._unread()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self._look)

    def _look(self) -> None:
        if self._unread() < self._unsent:
            self._watch()
        else:
            self.cut()

    def _unread(self) -> int:
        """Bytes that the other side has not taken: ours, and the kernel's, which may be megabytes."""
        connected = self.transport.get_extra_info("socket")
        waiting = self.transport.get_write_buffer_size()
        if sys.platform == "linux" and connected is not None and connected.fileno() >= 0:
            kernels = fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
            waiting += int(struct.unpack("i", kernels)[0])
        return waiting

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def abort(websocket: WebSocket) -> None:
    """Cut the connection without a word, if the server below can."""
    connection = websocket.scope.get("state", {}).get("connection")
    if isinstance(connection, Connection):
        connection.cut()
