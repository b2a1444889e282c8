"""The worker: one run from its first lease to its last state, in a process (or, in tests, a thread) of its own."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from normscope.core.control import Control, Keeper, Sink
from normscope.core.record import Progress, RunState
from normscope.core.spec import AnyDataSetSpec, RunSpec
from normscope.errors import CheckpointUnreadable, LeaseLost, NormScopeError
from normscope.execution.control import RunControl
from normscope.execution.heartbeat import Heartbeat
from normscope.execution.process import this_process
from normscope.execution.writer import Writer, patiently
from normscope.settings import Settings
from normscope.storage import checkpoints, nudge
from normscope.storage.model import Lease
from normscope.storage.store import Store
from normscope.training import checkpoint, data, loop
from normscope.training.checkpoint import Again, State
from normscope.training.fork import Fork
from normscope.training.splits import DataSet

Outcome = Literal["finished", "stopped", "failed", "lost"]
REPORT_SECONDS = 0.2


class Load(Protocol):
    """``training.data.load``."""

    def __call__(
        self,
        dataset: AnyDataSetSpec,
        directory: Path,
        *,
        cache: Path,
        download: bool,
        report: Callable[[float], None],
    ) -> DataSet: ...


class Train(Protocol):
    """``training.loop.train``."""

    def __call__(
        self,
        spec: RunSpec,
        data: DataSet,
        *,
        sink: Sink,
        control: Control,
        keeper: Keeper,
        again: Again | None,
        fork: Fork | None,
    ) -> Literal["finished", "stopped"]: ...


def work(settings: Settings, run_id: str, *, load: Load = data.load, train: Train = loop.train) -> Outcome:
    """Execute a run: take its lease, load the data, train, write how it ended.

    Whatever goes wrong is written into the run's record and, with its traceback, to stderr. Once the lease is lost
    nothing is written any more.
    """
    poke = nudge.sender(settings.data_dir)
    with contextlib.closing(Store(settings.url, nudge=poke, lease_seconds=settings.lease_seconds)) as store:
        try:
            lease = store.acquire(run_id, this_process())
        except LeaseLost as error:
            print(error, file=sys.stderr)
            return "lost"
        with _Ending(store, lease, settings) as ending:
            ending.outcome = _train(settings, store, lease, load, train)
        return ending.outcome


def _train(settings: Settings, store: Store, lease: Lease, load: Load, train: Train) -> Literal["finished", "stopped"]:
    record = store.get(lease.run_id)
    spec = record.spec
    control = RunControl(spec.speed)
    again = None if lease.sequence == 0 else Again(record.attempt, _last_state(settings, store, lease))
    if again is not None:
        step, applied = (0, 0) if again.state is None else (again.state["step"], again.state["applied"])
        control.repeat(store.applied(lease.run_id, after=applied), step)
    fork = _fork(settings, store, lease.run_id)
    control.receive(store.commands(lease))
    with contextlib.closing(
        Heartbeat(
            store,
            lease,
            seconds=settings.heartbeat_seconds,
            lease_seconds=settings.lease_seconds,
            receive=control.receive,
            failed=control.fail,
        )
    ):
        writer = Writer(store, lease, data_dir=settings.data_dir, failed=control.fail)
        control.announce = writer.announce
        with contextlib.closing(writer):
            try:
                loaded = load(
                    spec.dataset,
                    settings.datasets_dir,
                    cache=settings.data_dir / "cache",
                    download=settings.download,
                    report=_Loading(control, writer).report,
                )
            except _StoppedWhileLoading:
                return "stopped"
            if control.stop_asked:
                return "stopped"
            return train(spec, loaded, sink=writer, control=control, keeper=writer, again=again, fork=fork)


def _last_state(settings: Settings, store: Store, lease: Lease) -> State | None:
    """The newest checkpoint that can be read; those that cannot are forgotten. None: there is none."""
    for found in reversed(store.checkpoints(lease.run_id)):
        file = checkpoints.path(settings.data_dir, lease.run_id, found.step)
        try:
            return checkpoint.load(file)
        except CheckpointUnreadable as error:
            print(error, file=sys.stderr)
            store.forget_checkpoints(lease, [found.step])
            file.unlink(missing_ok=True)
    return None


def _fork(settings: Settings, store: Store, run_id: str) -> Fork | None:
    """Where a fork begins; None: at the beginning."""
    origin = store.origin(run_id)
    if origin is None:
        return None
    return Fork(origin, checkpoint.load(checkpoints.parent_path(settings.data_dir, run_id)))


class _StoppedWhileLoading(Exception):
    """A stop came before the first step."""


class _Loading:
    """Shows how far a download is, and lets a stop end it."""

    def __init__(self, control: RunControl, writer: Writer) -> None:
        self._control = control
        self._writer = writer
        self._next = 0.0

    def report(self, fraction: float) -> None:
        self._control.check()
        if self._control.stop_asked:
            raise _StoppedWhileLoading
        now = time.monotonic()
        if now >= self._next or fraction >= 1.0:
            self._next = now + REPORT_SECONDS
            self._writer.report(Progress(phase="preparing", phase_fraction=fraction))


class _Ending:
    """Writes a run's last state, whatever happened: the one place where no kind of error may pass unseen."""

    def __init__(self, store: Store, lease: Lease, settings: Settings) -> None:
        self.outcome: Outcome = "failed"
        self._store = store
        self._lease = lease
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is not None:
            traceback.print_exception(kind, error, trace)
            self.outcome = "lost" if isinstance(error, LeaseLost) else "failed"
        if self.outcome != "lost":
            self._write(self.outcome, None if error is None else self._explain(error))
        return True

    def _write(self, state: RunState, error: str | None) -> None:
        try:
            patiently(lambda: self._store.set_state(self._lease, state, error))
        except NormScopeError as refused:
            traceback.print_exception(refused)
            self.outcome = "lost"

    def _explain(self, error: BaseException) -> str:
        if isinstance(error, NormScopeError):
            return str(error)
        if isinstance(error, MemoryError):
            return "The run needs more memory than this machine has: take a smaller network, fewer arms or fewer seeds."
        log = self._settings.data_dir / "logs" / f"{self._lease.run_id}.log"
        return f"{type(error).__name__}: {error} (details in {log})"
