"""``Writer``: the thread that encodes emissions once and appends them to the store, in order, several at a time."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from normscope.core.control import CheckpointKind
from normscope.core.events import AppliedEvent, CheckpointEvent
from normscope.core.record import Progress, RunState
from normscope.core.telemetry import Emission, Points, encode_points
from normscope.errors import StoreUnavailable
from normscope.execution.batch import Batch, Checkpoint, Entry
from normscope.storage import checkpoints
from normscope.storage.model import Lease
from normscope.storage.store import Store

QUEUE_LENGTH = 64
RETRY_SECONDS = 60.0
_AT_ONCE = 16


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
        self._queue: queue.Queue[Entry | None] = queue.Queue(QUEUE_LENGTH)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._failed = failed
        self._done: Future[None] = self._pool.submit(self._run)
        self._done.add_done_callback(self._report)

    def emit(self, emission: Emission) -> None:
        """Queue one emission. Raises what ended the writer."""
        e = emission
        self._put(Entry(e.time, e.progress, e.points, e.vectors, e.events, e.tail, has_tail=True))

    def announce(self, event: AppliedEvent | None, state: RunState | None, extra_steps: int | None) -> None:
        """Queue a command that took effect, and what it led to."""
        events = () if event is None else (event,)
        self._put(Entry(time.time(), events=events, state=state, extra_steps=extra_steps))

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        """Queue a checkpoint; its file is written in the writer's thread."""
        self._put(Entry(time.time(), checkpoint=Checkpoint(step, kind, save)))

    def report(self, progress: Progress) -> None:
        """Queue progress alone."""
        self._put(Entry(time.time(), progress))

    def close(self) -> None:
        """Store what is queued and end the thread. Raises what ended the writer before."""
        if not self._done.done():
            self._put(None)
        self._pool.shutdown()
        self._done.result()

    def _put(self, entry: Entry | None) -> None:
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
            entries: list[Entry | None] = [self._queue.get()]
            while len(entries) < _AT_ONCE and not self._queue.empty() and not _ends_batch(entries[-1]):
                entries.append(self._queue.get())
            found = [entry for entry in entries if entry is not None]
            if found:
                self._append(found)
            if len(found) < len(entries):
                return

    def _append(self, entries: list[Entry]) -> None:
        """Encode and store ``entries`` in one transaction."""
        batch = Batch(self._lease.run_id, self._sequence)
        kept = self._write_checkpoint(entries[-1].checkpoint)
        for entry in entries:
            batch.add(entry)
            if entry.has_tail:
                self._tail, self._tail_time = entry.tail, entry.time
        if kept is not None:
            batch.add_event(CheckpointEvent(step=kept[0]))
        tail = None
        if self._tail is not None and len(self._tail):
            tail = encode_points(self._tail, run=batch.run_id, sequence=0, time=self._tail_time)
        self._persist(
            batch.sequence,
            lambda: self._store.append(
                self._lease,
                batch.messages,
                tail=tail,
                progress=batch.progress,
                fairness=batch.fairness,
                state=batch.state,
                extra_steps=batch.extra_steps,
                answered=batch.answered,
                checkpoint=kept,
            ),
        )
        if kept is not None:
            self._thin_out()

    def _write_checkpoint(self, wanted: Checkpoint | None) -> tuple[int, str, int] | None:
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


def _ends_batch(entry: Entry | None) -> bool:
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
