"""``LocalExecutor``: workers forked from the warm launcher on this machine."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time

from normscope.errors import CommandRefused, LauncherUnavailable, LeaseLost, StoreUnavailable
from normscope.execution import process, protocol
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.store import Store

WARM_SECONDS = 180.0
"""Longest time to warm up: the first start on a machine compiles the probes' kernel."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "JE_ARROW_MALLOC_CONF": "background_thread:false"
}
"""Libraries that start threads when they are imported; the launcher must have one thread when it forks."""


class LocalExecutor:
    """Implements ``base.Executor``. Finds the launcher that another server left, or starts one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = protocol.absolute(settings)
        self._fingerprint = protocol.fingerprint(settings)
        self._closed = threading.Event()
        self._starting = threading.Lock()

    def prepare(self) -> None:
        """Make sure that an up-to-date launcher listens, and tell it that it is needed."""
        with self._starting:
            deadline = time.monotonic() + WARM_SECONDS
            while not self._closed.is_set():
                try:
                    answer = protocol.request(self._settings, "ping")
                except LauncherUnavailable:
                    answer = None
                if answer is not None and answer["fingerprint"] == self._fingerprint:
                    return
                if time.monotonic() > deadline:
                    raise self._unavailable(f"it was not ready within {WARM_SECONDS:.0f} s")
                if answer is not None:
                    protocol.request(self._settings, "retire")
                self._launch(deadline)

    def start(self, run_id: str) -> None:
        """Fork a worker."""
        self.prepare()
        answer = protocol.request(self._settings, "start", run_id)
        if answer is None:  # it ended for want of work between these two lines
            self.prepare()
            answer = protocol.request(self._settings, "start", run_id)
        if self._closed.is_set():
            return
        if answer is None or "error" in answer:
            raise self._unavailable("it did not fork" if answer is None else answer["error"])

    def stop(self, run_id: str) -> None:
        """SIGKILL the worker, whether the present launcher forked it or an earlier one."""
        with contextlib.suppress(LauncherUnavailable):
            protocol.request(self._settings, "stop", run_id)
        store = Store(self._settings.url)
        try:
            holder = store.holder(run_id)
        finally:
            store.close()
        if holder is not None and process.here(holder):
            process.kill(holder)

    def close(self) -> None:
        """Stop waiting for a launcher that warms up; it and its workers stay."""
        self._closed.set()

    def _launch(self, deadline: float) -> None:
        """Start a launcher; returns when it is ready, or another one turns out to be on its way."""
        reading, writing = os.pipe()
        try:
            command = [sys.executable, "-m", "normscope.execution.launcher"]
            with protocol.log_file(self._settings, "launcher").open("ab") as log:
                subprocess.run(
                    [*command, self._settings.model_dump_json(), self._fingerprint, str(writing)],
                    env=os.environ | _ONE_THREAD,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    pass_fds=(writing,),
                    check=True,
                )
            os.close(writing)
            writing = -1
            while not select.select([reading], [], [], 0.2)[0]:
                if self._closed.is_set() or time.monotonic() > deadline:
                    return
            said = os.read(reading, 64)
        except (OSError, subprocess.CalledProcessError) as error:
            raise self._unavailable(str(error)) from error
        finally:
            os.close(reading)
            if writing >= 0:
                os.close(writing)
        if said == protocol.BUSY:
            time.sleep(0.1)
        elif said != protocol.READY:
            raise self._unavailable("it ended while it warmed up")

    def _unavailable(self, why: str) -> LauncherUnavailable:
        log = protocol.log_file(self._settings, "launcher")
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        last = f"; its last words: {lines[-1]}" if lines else ""
        return LauncherUnavailable(f"the launcher cannot be used: {why} (see {log}){last}")


def stop_all(settings: Settings, *, seconds: float = 10.0) -> int:
    """Stop all runs of ``settings.data_dir``, with or without a server, and end the launcher; returns how many runs.

    Workers are asked first; those that have not ended after ``seconds`` are killed.
    """
    settings = protocol.absolute(settings)
    executor = LocalExecutor(settings)
    store = Store(settings.url, nudge=nudge.sender(settings.data_dir))
    try:
        waiting_first = sorted(store.unfinished(), key=lambda run: run[1] != "queued")  # else a worker takes the next
        runs = [run_id for run_id, _ in waiting_first]
        with contextlib.suppress(StoreUnavailable):  # a worker that hangs may hold the database: it is killed below
            for run_id in runs:
                with contextlib.suppress(CommandRefused):  # it ended meanwhile
                    store.command(run_id, "stop")
        deadline = time.monotonic() + seconds
        while (left := [run.id for run in store.live() if run.id in runs]) and time.monotonic() < deadline:
            time.sleep(0.05)
        for run_id in left:
            executor.stop(run_id)
        for run_id in runs:
            with contextlib.suppress(LeaseLost, CommandRefused):  # it has ended
                if run_id in left:
                    store.set_state(store.take_over(run_id), "stopped")
                elif store.get(run_id).state == "queued":
                    store.command(run_id, "stop")
    finally:
        store.close()
    with contextlib.suppress(LauncherUnavailable):
        protocol.request(settings, "retire")
    return len(runs)


EXECUTOR = LocalExecutor
