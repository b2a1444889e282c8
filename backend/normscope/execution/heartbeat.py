"""``Heartbeat``: the thread that renews the lease and fetches commands, whether or not a step ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from normscope.errors import StoreUnavailable
from normscope.storage.model import Command, Lease
from normscope.storage.store import Store

RENEWALS_PER_LEASE = 5


class Heartbeat:
    """Reads commands every ``seconds``; renews the lease several times within ``lease_seconds``.

    Its connection is its own (the store's pool gives one to each thread), so it never waits for the writer.

    Args:
        receive: called with the commands that wait.
        failed: called once when the lease is lost.
    """

    def __init__(
        self,
        store: Store,
        lease: Lease,
        *,
        seconds: float,
        lease_seconds: float,
        receive: Callable[[Iterable[Command]], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._store = store
        self._lease = lease
        self._seconds = seconds
        self._renew_seconds = lease_seconds / RENEWALS_PER_LEASE
        self._receive = receive
        self._failed = failed
        self._end = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._done: Future[None] = self._pool.submit(self._run)
        self._done.add_done_callback(self._report)

    def close(self) -> None:
        """End the thread."""
        self._end.set()
        self._pool.shutdown()

    def _report(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self._failed(error)

    def _run(self) -> None:
        renewed = time.monotonic()
        while not self._end.wait(self._seconds):
            try:
                self._receive(self._store.commands(self._lease))
                if time.monotonic() - renewed >= self._renew_seconds:
                    self._store.renew(self._lease)
                    renewed = time.monotonic()
            except StoreUnavailable:
                continue  # the writer decides how long is too long
