"""A worker in a thread of the test."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from normscope.core.events import AppliedEvent, NumberedEvent
from normscope.core.record import RunRecord
from normscope.core.telemetry import decode_points
from normscope.execution import worker
from normscope.settings import Settings
from normscope.storage.store import Store
from tests.contract.material import everything, tiny_spec
from tests.execution.fakes import FakeTraining, load

SECONDS = 60.0
"""After which nothing more is waited for."""


class Working:
    """A worker in a thread, and the store it writes to."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder, datasets_dir=folder, download=False)
        self.store = Store(self.settings.url)
        self._pool = ThreadPoolExecutor(4)

    def start(self, train: FakeTraining, *, steps: int = 50, load: worker.Load = load) -> tuple[str, Future[str]]:
        run = self.store.create(tiny_spec(steps=steps), estimated_seconds=1.0).id
        return run, self._pool.submit(worker.work, self.settings, run, load=load, train=train)

    def wait(self, run: str, true: Callable[[RunRecord], bool], seconds: float = SECONDS) -> float:
        """Seconds until the record is as expected."""
        began = time.monotonic()
        while not true(record := self.store.get(run)):
            assert time.monotonic() - began < seconds, record
            time.sleep(0.005)
        return time.monotonic() - began

    def steps(self, run: str) -> list[int]:
        """The steps that were stored; checks that there is no gap."""
        stream = everything(self.store, run)
        assert [message.sequence for message in stream] == list(range(1, len(stream) + 1))
        return [int(s) for m in stream if m.kind == "points" for s in decode_points(m.body).step]

    def applied(self, run: str) -> list[AppliedEvent]:
        stream = [m for m in everything(self.store, run) if m.kind == "event"]
        events = [NumberedEvent.model_validate_json(message.body).event for message in stream]
        return [event for event in events if isinstance(event, AppliedEvent)]

    def close(self) -> None:
        self._pool.shutdown()
        self.store.close()
