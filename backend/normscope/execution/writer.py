"""``Writer``: the thread that encodes emissions once and appends them to the store, in order, several at a time."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normscope.core.control import CheckpointKind
from normscope.core.events import (
    AppliedEvent,
    CheckpointEvent,
    Event,
    ManifestEvent,
    NumberedEvent,
    RewoundEvent,
    ScheduleWidenedEvent,
)
from normscope.core.record import Progress, RunState
from normscope.core.telemetry import Emission, Points, Vectors, encode_points, encode_vectors
from normscope.errors import StoreUnavailable
from normscope.storage import checkpoints
from normscope.storage.model import Lease, Message, MessageKind
from normscope.storage.store import Store

QUEUE_LENGTH = 64
RETRY_SECONDS = 60.0
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """What ``core.control.Keeper`` takes."""

    step: int
    kind: CheckpointKind
    save: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing to store: an emission, a command that took effect, or progress alone."""

    time: float = 0.0
    progress: Progress | None = None
    points: Points | None = None
    vectors: Vectors | None = None
    events: tuple[Event, ...] = ()
    tail: Points | None = None
    has_tail: bool = False
    state: RunState | None = None
    extra_steps: int | None = None
    checkpoint: _Checkpoint | None = None


class Writer:
    """Implements ``core.control.Sink`` and ``Keeper``. The queue is bounded: a loop that is faster than the
    store waits for it.

    Args:
        data_dir: with the folder of the checkpoints.
        failed: called once, from the writer's thread, when nothing can be stored any more.
    """

    def __init__(self, store: Store, lease: Lease, *, data_dir: Path, failed: Callable[[BaseException], None]) -> None:
        self._store = store
        self._data_dir = data_dir
        self._lease = lease
        self._sequence = lease.sequence
        self._tail: Points | None = None
        self._tail_time = 0.0
        self._queue: queue.Queue[_Entry | None] = queue.Queue(QUEUE_LENGTH)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._failed = failed
        self._done: Future[None] = self._pool.submit(self._run)
        self._done.add_done_callback(self._report)

    def emit(self, emission: Emission) -> None:
        """Queue one emission. Raises what ended the writer."""
        e = emission
        self._put(_Entry(e.time, e.progress, e.points, e.vectors, e.events, e.tail, has_tail=True))

    def announce(self, event: AppliedEvent | None, state: RunState | None, extra_steps: int | None) -> None:
        """Queue a command that took effect, and what it led to."""
        events = () if event is None else (event,)
        self._put(_Entry(time.time(), events=events, state=state, extra_steps=extra_steps))

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        """Queue a checkpoint; its file is written in the writer's thread."""
        self._put(_Entry(time.time(), checkpoint=_Checkpoint(step, kind, save)))

    def report(self, progress: Progress) -> None:
        """Queue progress alone."""
        self._put(_Entry(time.time(), progress))

    def close(self) -> None:
        """Store what is queued and end the thread. Raises what ended the writer before."""
        if not self._done.done():
            self._put(None)
        self._pool.shutdown()
        self._done.result()

    def _put(self, entry: _Entry | None) -> None:
        while True:
            if self._done.done():
                self._done.result()
            try:
                self._queue.put(entry, timeout=0.2)
            except queue.Full:
                continue
            return

    def _report(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self._failed(error)

    def _run(self) -> None:
        while True:
            entries: list[_Entry | None] = [self._queue.get()]
            while len(entries) < _AT_ONCE and not self._queue.empty() and not _ends_batch(entries[-1]):
                entries.append(self._queue.get())
            found = [entry for entry in entries if entry is not None]
            if found:
                self._append(found)
            if len(found) < len(entries):
                return

    def _append(self, entries: list[_Entry]) -> None:
        """Encode and store ``entries`` in one transaction."""
        lease, messages, answered = self._lease, list[Message](), dict[str, int]()
        progress: Progress | None = None
        fairness: dict[str, Any] | None = None
        state: RunState | None = None
        extra_steps: int | None = None
        kept = self._write_checkpoint(entries[-1].checkpoint)

        def add(kind: MessageKind, body: bytes) -> None:
            messages.append(Message(sequence, kind, body))

        sequence = self._sequence
        for entry in entries:
            if entry.points is not None and len(entry.points):
                sequence += 1
                add("points", encode_points(entry.points, run=lease.run_id, sequence=sequence, time=entry.time))
            if entry.vectors is not None and len(entry.vectors):
                sequence += 1
                add("vectors", encode_vectors(entry.vectors, run=lease.run_id, sequence=sequence, time=entry.time))
            events = entry.events
            if kept is not None and entry is entries[-1]:
                events = (*events, CheckpointEvent(step=kept[0]))
            for event in events:
                sequence += 1
                add("event", NumberedEvent(sequence=sequence, event=event).model_dump_json().encode())
                if isinstance(event, ManifestEvent):
                    fairness, state = event.fairness, "running"
                elif isinstance(event, RewoundEvent):
                    state = "running"
                elif isinstance(event, ScheduleWidenedEvent):
                    print(f"step {event.step}: {event.schedule} every {event.every} steps from now on", file=sys.stderr)
                elif isinstance(event, AppliedEvent):
                    answered[event.command_id] = event.step
            if entry.has_tail:
                self._tail, self._tail_time = entry.tail, entry.time
            progress, state = entry.progress or progress, entry.state or state
            extra_steps = extra_steps if entry.extra_steps is None else entry.extra_steps
        tail = None
        if self._tail is not None and len(self._tail):
            tail = encode_points(self._tail, run=lease.run_id, sequence=0, time=self._tail_time)
        self._persist(
            sequence,
            lambda: self._store.append(
                lease,
                messages,
                tail=tail,
                progress=progress,
                fairness=fairness,
                state=state,
                extra_steps=extra_steps,
                answered=answered,
                checkpoint=kept,
            ),
        )
        if kept is not None:
            self._thin_out()

    def _write_checkpoint(self, wanted: _Checkpoint | None) -> tuple[int, str, int] | None:
        """Step, kind and bytes of the file; None: none was wanted, or it could not be written, and the run goes on."""
        if wanted is None:
            return None
        try:
            size = checkpoints.write(checkpoints.path(self._data_dir, self._lease.run_id, wanted.step), wanted.save)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
            print(f"checkpoint after step {wanted.step} not written: {error}", file=sys.stderr, flush=True)
            return None
        return wanted.step, wanted.kind, size

    def _thin_out(self) -> None:
        """Delete checkpoints beyond what is kept of a run."""
        run_id = self._lease.run_id
        steps = checkpoints.superfluous(self._store.checkpoints(run_id))
        if steps:
            self._store.forget_checkpoints(self._lease, steps)
            for step in steps:
                checkpoints.path(self._data_dir, run_id, step).unlink(missing_ok=True)

    def _persist(self, last: int, append: Callable[[], None]) -> None:
        """``append``, again and again where the database is locked or full, but not for ever.

        A commit may have been done although it was reported as failed: then the stored sequence shows it.
        """
        patiently(append, done=lambda: last > self._sequence and self._store.head(self._lease.run_id).sequence >= last)
        self._sequence = last


def _ends_batch(entry: _Entry | None) -> bool:
    """A checkpoint is the last of what is stored with it."""
    return entry is not None and entry.checkpoint is not None


def patiently(action: Callable[[], None], *, done: Callable[[], bool] = lambda: False) -> None:
    """Do ``action``; where the store is not available, try again with growing pauses, ``RETRY_SECONDS`` in all.

    Raises:
        StoreUnavailable: it still is not.
    """
    deadline = time.monotonic() + RETRY_SECONDS
    pause = 0.05
    while True:
        try:
            action()
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(pause)
        pause = min(2 * pause, 1.0)
        try:
            if done():
                return
        except StoreUnavailable:
            continue
