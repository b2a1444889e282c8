"""gzip where it pays: pages, scripts and JSON. Numbers as float32 barely shrink, and would cost the time of a chart."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

MINIMUM_BYTES = 2_000
LEVEL = 1
BINARY = ("/telemetry", "/vectors", "/export/csv", "/export/parquet", "/export/arrow")


class Compression:
    """ASGI middleware: gzip for every HTTP answer but the binary ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=MINIMUM_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        binary = scope["type"] != "http" or scope["path"].endswith(BINARY)
        await (self._plain if binary else self._gzip)(scope, receive, send)
