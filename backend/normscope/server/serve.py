"""The application under uvicorn."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from normscope.server.app import create_app
from normscope.server.connection import Connection
from normscope.settings import Settings

GRACE_SECONDS = 3
"""How long requests may go on after the signal to end."""
PING_SECONDS = 20.0
PONG_SECONDS = 10.0
MAX_MESSAGE_BYTES = 65_536
"""Of a viewer's message, which nobody reads anyway."""


class PortInUse(Exception):
    """Somebody else listens on the address already."""


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises PortInUse."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortInUse(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    return listener


def address(listener: socket.socket, settings: Settings) -> str:
    """The URL a person opens."""
    port = listener.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Serves ``app`` as ``settings`` say; ``ready`` is called once requests are answered."""

    def __init__(self, app: FastAPI, settings: Settings, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            ws=Connection,
            ws_per_message_deflate=False,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PONG_SECONDS,
            log_level="warning" if settings.log_level == "info" else settings.log_level,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    Server(create_app(settings), settings, ready).run([listener])
