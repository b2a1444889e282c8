"""The size of a request: no body is held in memory that is larger than any we take."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from normscope.server.problems import problem, respond

MAX_BODY_BYTES = 1_048_576


class BodyLimit:
    """ASGI middleware: refuses a request body of more than 1 MiB, announced or not, before it is held in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
            await _too_large(int(announced))(scope, receive, send)
            return
        body: list[bytes] = []
        size = 0
        more = True
        # The largest body allowed is small, so it is read whole: the application cannot be cut off half-way through.
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                await _too_large(size)(scope, receive, send)
                return
            body.append(chunk)
            more = message.get("more_body", False)
        await self._app(scope, _replay(b"".join(body), receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _too_large(size: int) -> ASGIApp:
    detail = f"expected a body of at most {MAX_BODY_BYTES:,} bytes, got {size:,} or more"
    return respond(problem(413, detail))
