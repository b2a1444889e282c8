"""Who may talk to the server from a browser, and what a page of ours may do.

Browsers send ``Origin`` with every websocket handshake and with every request that changes something; a page of
somebody else is recognised by it. Programs send none. While the server listens on the loopback interface only,
``Host`` must be a name of it, or another site could reach it by a name of its own (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from normscope.server.close_codes import POLICY
from normscope.server.problems import problem, respond
from normscope.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def policy(script_hashes: tuple[str, ...]) -> str:
    """The Content-Security-Policy: all from here, styles inline (charts set them), scripts inline by hash only."""
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in script_hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


class Security:
    """ASGI middleware: refuses strange hosts and origins, adds headers to every answer.

    Args:
        script_hashes: of the inline scripts of the page as it is now; asked for each answer.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, script_hashes: Callable[[], tuple[str, ...]]) -> None:
        self._app = app
        self._script_hashes = script_hashes
        self._origins = frozenset(_address(origin) for origin in settings.origins)
        self._local_only = settings.host in LOOPBACK
        self._headers = {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": POLICY, "reason": refusal})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy(self._script_hashes()))
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        app = self._app if refusal is None else respond(problem(403, refusal))
        await app(scope, receive, with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> str | None:
        """Why the request is refused; None: it is not."""
        host = headers.get("host", "")
        if self._local_only and not self._is_own(host):
            return (
                f"expected a Host of this machine (localhost, 127.0.0.1), got '{host[:100]}': "
                "to serve under that name, list its origin in NORMSCOPE_ORIGINS"
            )
        origin = headers.get("origin")
        if origin is None or (scope["type"] == "http" and scope["method"] in SAFE_METHODS):
            return None
        address = _address(origin)
        if address is not None and (address == _address(f"{_scheme(origin)}://{host}") or address in self._origins):
            return None
        return f"expected the Origin of this server, got '{origin[:100]}': list it in NORMSCOPE_ORIGINS to allow it"

    def _is_own(self, host: str) -> bool:
        address = _address(f"http://{host}")
        names = {origin[0] for origin in self._origins if origin is not None}
        return address is not None and (address[0] in LOOPBACK or address[0] in names)


def _scheme(origin: str) -> str:
    return origin.partition("://")[0]


def _address(origin: str) -> tuple[str, int] | None:
    """Host and port of an origin; None where it has none (``null``, for one)."""
    try:
        parts = urlsplit(origin)
        port = parts.port if parts.port is not None else DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return parts.hostname, port
