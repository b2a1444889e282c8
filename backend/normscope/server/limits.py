"""Who may launch how much: limits of cost and of number, stricter for a hosted demo."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from normscope.core.cost import Limits
from normscope.server.problems import LimitReached
from normscope.settings import Settings
from normscope.storage.store import Store

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
