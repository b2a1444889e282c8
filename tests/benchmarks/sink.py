"""Sinks and a control for training in this process: what a worker does without a database, or nothing at all."""

from __future__ import annotations

import queue
import threading
import time

from normscope.core.control import Machine
from normscope.core.events import NumberedEvent
from normscope.core.telemetry import Emission, encode_points, encode_vectors


class Nowhere:
    """A sink that forgets everything."""

    def emit(self, emission: Emission) -> None:
        """Forget."""


class EncodingSink:
    """Encodes every emission on a thread of its own, in order; blocks the loop when it is eight emissions behind."""

    def __init__(self) -> None:
        self.bytes = 0
        self.processor = 0.0
        """Processor seconds of the thread, once it is closed."""
        self._sequence = 0
        self._queue: queue.Queue[Emission | None] = queue.Queue(maxsize=8)
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def emit(self, emission: Emission) -> None:
        """Hand over one emission."""
        self._queue.put(emission)

    def settle(self) -> None:
        """Wait until everything so far is encoded."""
        self._queue.join()

    def close(self) -> None:
        """Wait for the rest."""
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        while (emission := self._queue.get()) is not None:
            for event in emission.events:
                self.bytes += len(NumberedEvent(sequence=self._next(), event=event).model_dump_json())
            if emission.points is not None:
                chunk = encode_points(emission.points, run="bench", sequence=self._next(), time=emission.time)
                self.bytes += len(chunk)
            if emission.vectors is not None:
                chunk = encode_vectors(emission.vectors, run="bench", sequence=self._next(), time=emission.time)
                self.bytes += len(chunk)
            if emission.tail is not None:
                self.bytes += len(encode_points(emission.tail, run="bench", sequence=0, time=emission.time))
            self.bytes += len(emission.progress.model_dump_json())
            self._queue.task_done()
        self.processor = time.thread_time()

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


class Undisturbed:
    """A control that never commands."""

    pending = False
    applied = 0

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """Go on."""
        return True
