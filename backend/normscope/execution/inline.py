"""``InlineExecutor``: runs in threads of this process, for tests only; a thread cannot be killed."""

from __future__ import annotations

import threading

from normscope.execution.shift import shift
from normscope.settings import Settings

STOP_SECONDS = 10.0


class InlineExecutor:
    """Implements ``base.Executor``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads: dict[str, threading.Thread] = {}

    def prepare(self) -> None:
        """Nothing to prepare."""

    def start(self, run_id: str) -> None:
        """Start a thread."""
        thread = threading.Thread(target=shift, args=(self._settings, run_id), name=f"run-{run_id}", daemon=True)
        self._threads[run_id] = thread
        thread.start()

    def stop(self, run_id: str) -> None:
        """Wait until the thread has noticed that its lease was taken over."""
        thread = self._threads.pop(run_id, None)
        if thread is not None:
            thread.join(STOP_SECONDS)

    def close(self) -> None:
        """Wait for threads that are about to end."""
        for thread in self._threads.values():
            thread.join(STOP_SECONDS)


EXECUTOR = InlineExecutor
