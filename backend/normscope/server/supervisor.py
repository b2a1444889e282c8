"""``Supervisor``: starts queued runs, notices dead workers, ends those that do not answer, compacts what has ended.

It knows a run only from the store and starts it only by name, so it imports neither torch nor training. Workers
outlive it: the next server's supervisor finds their runs in the store and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import structlog

from normscope.core.record import RunState
from normscope.errors import CommandRefused, ExecutionError, LeaseLost, RunNotFound, StoreUnavailable
from normscope.execution import process
from normscope.execution.base import Executor
from normscope.settings import Settings
from normscope.storage import checkpoints
from normscope.storage.model import LiveRun
from normscope.storage.store import Store

WATCH_SECONDS = 0.25
RESUME_SECONDS = 0.5
"""An interrupted run shows as such for so long before it is queued again."""
PREPARE_SECONDS = 20.0
COMPACT_SECONDS = 5.0
COMPACT_AFTER_SECONDS = 30.0
"""Viewers of a run that has just ended are left in peace for so long: a new epoch makes them load everything anew."""
CLAIM_SECONDS = 240.0
"""Longest time for a worker to take its lease; a launcher that is cold compiles the probes' kernel first."""
BIRTH_SECONDS = 10.0
"""The same, once the worker was forked."""
ANSWER_SECONDS = 10.0
"""A worker that has not answered a stop for so long is killed."""

_log = structlog.get_logger(__name__)


class Supervisor:
    """One for each data directory: hold its ``ServerLock``."""

    def __init__(self, store: Store, executor: Executor, settings: Settings) -> None:
        self._store = store
        self._executor = executor
        self._settings = settings
        self._kicked = asyncio.Event()
        self._born: dict[str, float] = {}
        self._resume_at: dict[str, float] = {}

    def kick(self) -> None:
        """A run was queued, or a command given: look now. Call it in the event loop's thread."""
        self._kicked.set()

    async def run(self) -> None:
        """Until cancelled; running workers are left alone then."""
        try:
            await asyncio.to_thread(self._patient(self._take_up))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._repeat(self._watch, WATCH_SECONDS))
                group.create_task(self._repeat(self._start_queued, WATCH_SECONDS, kicked=self._kicked))
                group.create_task(self._repeat(self._prepare, PREPARE_SECONDS))
                group.create_task(self._repeat(self._compact, COMPACT_SECONDS))
        finally:
            self._executor.close()

    async def _repeat(self, action: Callable[[], None], seconds: float, *, kicked: asyncio.Event | None = None) -> None:
        """``action`` in a thread, again and again; earlier when kicked."""
        while True:
            await asyncio.to_thread(self._patient(action))
            if kicked is None:
                await asyncio.sleep(seconds)
                continue
            try:
                await asyncio.wait_for(kicked.wait(), seconds)
                kicked.clear()
            except TimeoutError:
                continue

    def _patient(self, action: Callable[[], None]) -> Callable[[], None]:
        """``action``, which may fail for a while where the database is locked or full."""

        def attempt() -> None:
            try:
                action()
            except StoreUnavailable as error:
                _log.warning("store unavailable", error=str(error))
                self._free_store()

        return attempt

    def _free_store(self) -> None:
        """Kill workers that somebody suspended: one that was about to write keeps all others from writing."""
        for run in self._store.live():
            if run.holder is not None and process.here(run.holder) and process.suspended(run.holder):
                _log.warning("suspended worker killed: the database was locked", run=run.id)
                process.kill(run.holder)

    def _take_up(self) -> None:
        """Queue again what an earlier server was about to start when it died; drop what its compaction left."""
        for run in self._store.live():
            if run.holder is None:
                try:
                    self._store.set_state(self._store.take_over(run.id), "queued")
                except LeaseLost:
                    continue  # its worker came to life, or it ended
        self._store.purge_all()
        checkpoints.remove_orphans(self._settings.data_dir, self._store.exists)

    def _start_queued(self) -> None:
        """Start runs in the order they came, as many as may train at the same time."""
        while len(self._store.live()) < self._settings.workers:
            run_id = self._store.queued()
            if run_id is None or not self._store.claim(run_id, seconds=CLAIM_SECONDS):
                return
            try:
                self._executor.start(run_id)
                self._born[run_id] = time.monotonic()
            except ExecutionError as error:
                _log.error("run could not be started", run=run_id, error=str(error))
                self._end(run_id, "failed", str(error))

    def _prepare(self) -> None:
        try:
            self._executor.prepare()
        except ExecutionError as error:
            _log.error("no worker can be started", error=str(error))

    def _watch(self) -> None:
        """End what is dead, or does not answer."""
        live = self._store.live()
        for run in live:
            if run.stop_waiting is not None and run.stop_waiting > ANSWER_SECONDS:
                _log.warning("worker does not answer: killed", run=run.id)
                self._end(run.id, "stopped", None)
            elif (why := self._dead(run)) is not None:
                _log.warning("worker is gone", run=run.id, why=why)
                if run.stop_asked:
                    self._end(run.id, "stopped", None)
                else:
                    self._break_off(run.id, why)
        self._resume_interrupted()
        self._born = {run.id: self._born[run.id] for run in live if run.id in self._born}

    def _break_off(self, run_id: str, why: str) -> None:
        """Write that the run is interrupted; it goes on soon, unless too many attempts came no further."""
        attempts = self._settings.resume_attempts
        found = self._store.checkpoints(run_id)
        vain = self._store.get(run_id).attempt - (found[-1].attempt if found else 0)
        if attempts and vain >= attempts:
            self._end(run_id, "failed", f"{why} {vain} attempts broke off without a new checkpoint: given up.")
            return
        self._end(run_id, "interrupted", why)
        if attempts:
            self._resume_at[run_id] = time.monotonic() + RESUME_SECONDS

    def _resume_interrupted(self) -> None:
        for run_id in [run_id for run_id, at in self._resume_at.items() if time.monotonic() >= at]:
            del self._resume_at[run_id]
            with contextlib.suppress(CommandRefused, RunNotFound):  # somebody resumed or deleted it meanwhile
                self._store.command(run_id, "resume")

    def _dead(self, run: LiveRun) -> str | None:
        """Why the run's worker cannot be alive; None: it may be."""
        if run.holder is None:
            born = self._born.get(run.id)
            if run.lease_left < 0 or (born is not None and time.monotonic() - born > BIRTH_SECONDS):
                return "The worker process ended before it began, or never did."
            return None
        if not process.here(run.holder):
            return "The worker has not been heard of." if run.lease_left < 0 else None
        if process.alive(run.holder):
            return None
        return f"The worker process {run.holder.pid} ended without a word: killed, or out of memory."

    def _end(self, run_id: str, state: RunState, error: str | None) -> None:
        """Fence the worker, make sure that it is gone, write the state. Nothing, where the run has ended meanwhile."""
        try:
            lease = self._store.take_over(run_id)
            self._executor.stop(run_id)
            self._store.set_state(lease, state, error)
        except (LeaseLost, RunNotFound):
            return

    def _compact(self) -> None:
        for run_id in self._store.uncompacted(ended_before=time.time() - COMPACT_AFTER_SECONDS):
            try:
                self._store.compact(run_id)
            except RunNotFound:
                continue  # deleted meanwhile
