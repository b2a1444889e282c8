"""Who may launch how much: limits of cost and of number, stricter for a hosted demo; and the size of a request."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from normscope.core.cost import Limits
from normscope.server.problems import LimitReached, problem, respond
from normscope.settings import Settings
from normscope.storage.store import Store

MAX_BODY_BYTES = 1_048_576
HOUR = 3_600.0
MAX_ADDRESSES = 10_000


def cost_limits(settings: Settings) -> Limits:
    """The most one run may cost."""
    if settings.public:
        seconds, telemetry = settings.public_cost_limit_seconds, settings.public_telemetry_limit_bytes
    else:
        seconds, telemetry = settings.cost_limit_seconds, settings.telemetry_limit_bytes
    return Limits(seconds, settings.memory_limit_bytes, telemetry)


def open_runs(settings: Settings) -> int:
    """How many runs may be queued or live at once."""
    return settings.public_open_runs if settings.public else settings.open_runs


class Admission:
    """Admits launches one at a time, so that no two pass a limit that only one of them fits."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._lock = threading.Lock()
        self._launches: dict[str, deque[float]] = {}

    @contextmanager
    def admit(self, address: str) -> Iterator[None]:
        """Holds while the run is created. A launch that fails inside does not count.

        Raises:
            LimitReached: too many runs are open, or this address launched too many within the hour.
        """
        with self._lock:
            self._check_open()
            launches = self._recent(address)
            if self._settings.public and len(launches) >= self._settings.public_launches_per_hour:
                wait = launches[0] + HOUR - time.monotonic()
                raise LimitReached(
                    f"expected at most {self._settings.public_launches_per_hour} launches an hour from one address, "
                    f"got {len(launches) + 1}: try again in {wait / 60:.0f} minutes",
                    wait,
                )
            yield
            launches.append(time.monotonic())

    def _check_open(self) -> None:
        limit = open_runs(self._settings)
        count = self._store.open_count()
        if count >= limit:
            raise LimitReached(
                f"expected at most {limit} runs that wait or train at the same time, got {count + 1}: "
                "wait for one to end, or stop one",
                10.0,
            )

    def _recent(self, address: str) -> deque[float]:
        """Launches of ``address`` within the last hour; forgets addresses that launched nothing for longer."""
        since = time.monotonic() - HOUR
        if len(self._launches) >= MAX_ADDRESSES:
            self._launches = {key: times for key, times in self._launches.items() if times and times[-1] > since}
        launches = self._launches.setdefault(address, deque())
        while launches and launches[0] <= since:
            launches.popleft()
        return launches


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
