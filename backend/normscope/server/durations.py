"""How long runs really take here, compared with what was estimated."""

from __future__ import annotations

import statistics
import threading
import time

from normscope.core.cost import estimate
from normscope.storage.store import Store

RECENT = 20
SHORTEST_SECONDS = 0.5
"""A shorter run says more about noise than about the machine."""
FRESH_SECONDS = 10.0


class Durations:
    """The median ratio of measured to estimated seconds over the last finished runs; read from the store at most
    every ten seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._scale = 1.0
        self._read_at = float("-inf")

    def scale(self) -> float:
        """What estimates are to be multiplied with, between a tenth and ten."""
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                self._scale = self._measure()
                self._read_at = time.monotonic()
            return self._scale

    def _measure(self) -> float:
        records = self._store.list(limit=RECENT, states=("finished",))
        ratios = [
            record.elapsed_seconds / estimate(record.spec).seconds
            for record in records
            if record.elapsed_seconds >= SHORTEST_SECONDS
        ]
        return min(10.0, max(0.1, statistics.median(ratios))) if ratios else 1.0
