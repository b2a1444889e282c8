"""The supervisor with an executor that only notes what it is asked, and holders that are real or dead processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from normscope.core.record import RunState
from normscope.errors import LauncherUnavailable
from normscope.execution import process
from normscope.server import supervisor as module
from normscope.server.supervisor import Supervisor
from normscope.settings import Settings
from normscope.storage import engine
from normscope.storage.model import Holder, Lease
from normscope.storage.store import Store
from tests.contract.material import event_message, everything, manifest_message, tiny_spec

pytestmark = pytest.mark.alone

NOTICED_SECONDS = 2.0
"""A dead worker is shown as interrupted within this time."""
SECONDS = 60.0
"""After which nothing more is waited for."""


class Noting:
    """Implements ``Executor``."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []
        self.closed = False
        self.error: str | None = None
        self.on_start: Callable[[str], None] = lambda run: None

    def prepare(self) -> None:
        if self.error:
            raise LauncherUnavailable(self.error)

    def start(self, run_id: str) -> None:
        self.prepare()
        self.started.append(run_id)
        self.on_start(run_id)

    def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, workers=2)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with contextlib.closing(Store(settings.url)) as made:
        yield made


@pytest.fixture
def executor() -> Noting:
    return Noting()


@pytest.fixture
def supervisor(store: Store, executor: Noting, settings: Settings) -> Supervisor:
    return Supervisor(store, executor, settings)


@contextlib.asynccontextmanager
async def supervising(supervisor: Supervisor) -> AsyncIterator[None]:
    task = asyncio.create_task(supervisor.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def child() -> Iterator[Holder]:
    """Another process, alive until it is killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as made:
        began = process.started(made.pid)
        assert began is not None
        yield Holder(process.host(), made.pid, began)
        made.kill()


async def until(true: Callable[[], bool], seconds: float = SECONDS) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def queue(store: Store, count: int = 1) -> list[str]:
    return [store.create(tiny_spec(), estimated_seconds=1.0).id for _ in range(count)]


def running(store: Store, holder: Holder, state: RunState = "running") -> Lease:
    """A run that ``holder`` executes, with something stored."""
    lease = store.acquire(queue(store)[0], holder)
    store.append(lease, [manifest_message(), event_message(2)], tail=b"tail", state=state)
    return lease


async def test_runs_start_in_order_and_within_the_limit(
    store: Store, executor: Noting, supervisor: Supervisor, child: Holder
) -> None:
    leases: dict[str, Lease] = {}
    executor.on_start = lambda run: leases.update({run: store.acquire(run, child)})
    runs = queue(store, 4)
    async with supervising(supervisor):
        await until(lambda: len(executor.started) == 2)
        await asyncio.sleep(0.4)
        assert executor.started == runs[:2], "two workers at once"
        store.set_state(leases[runs[1]], "finished")
        await until(lambda: executor.started == runs[:3])
        store.set_state(leases[runs[0]], "finished")
        await until(lambda: executor.started == runs)
    assert executor.closed
    assert executor.stopped == []
    assert {store.get(run).state for run in runs[2:]} == {"starting"}, "the server goes, its workers stay"


async def test_a_kick_starts_at_once(
    store: Store, executor: Noting, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 2 * SECONDS)
    async with supervising(supervisor):
        await asyncio.sleep(0.2)
        (run,) = queue(store)
        supervisor.kick()
        await until(lambda: executor.started == [run])


async def test_a_run_that_cannot_be_started_fails_with_the_reason(
    store: Store, executor: Noting, supervisor: Supervisor
) -> None:
    executor.error = "the launcher cannot be used: no memory"
    (run,) = queue(store)
    async with supervising(supervisor):
        await until(lambda: store.get(run).state == "failed")
    assert store.get(run).error == "the launcher cannot be used: no memory"


@pytest.mark.parametrize("state", ["running", "paused", "starting"])
async def test_a_dead_worker_is_noticed_in_time(
    store: Store, supervisor: Supervisor, child: Holder, state: RunState
) -> None:
    lease = running(store, child, state)
    async with supervising(supervisor):
        await asyncio.sleep(0.5)
        assert store.get(lease.run_id).state == state
        stream = everything(store, lease.run_id)
        os.kill(child.pid, signal.SIGKILL)
        await until(lambda: store.get(lease.run_id).state == "interrupted", NOTICED_SECONDS)
    record = store.get(lease.run_id)
    assert record.error == f"The worker process {child.pid} ended without a word: killed, or out of memory."
    assert record.ended_at is not None
    assert everything(store, lease.run_id) == stream
    assert store.tail(lease.run_id) == b"tail"


def breaking_off(
    store: Store,
    executor: Noting,
    holder: Holder,
    monkeypatch: pytest.MonkeyPatch,
    checkpoint_in: tuple[int, ...] = (),
) -> str:
    """A run each of whose attempts breaks off at once; in some of them after a checkpoint. Its id."""
    (run,) = queue(store)
    dead: set[str] = set()
    # The worker dies only when it has stored everything: the supervisor looks from another thread at any moment.
    monkeypatch.setattr(module.process, "alive", lambda holder: run not in dead)

    def begin_and_die(run: str) -> None:
        dead.discard(run)
        lease = store.acquire(run, holder)
        attempt = store.get(run).attempt
        manifest = [manifest_message()] if lease.sequence == 0 else []
        checkpoint = (10 * attempt, "regular", 100) if attempt in checkpoint_in else None
        store.append(lease, manifest, tail=None, state="running", checkpoint=checkpoint)
        dead.add(run)

    executor.on_start = begin_and_die
    return run


@pytest.mark.parametrize(("checkpoint_in", "attempts"), [((), 3), ((1,), 4), ((1, 3), 6)])
async def test_a_run_is_resumed_until_three_attempts_came_no_further(
    store: Store,
    executor: Noting,
    supervisor: Supervisor,
    child: Holder,
    monkeypatch: pytest.MonkeyPatch,
    checkpoint_in: tuple[int, ...],
    attempts: int,
) -> None:
    monkeypatch.setattr(module, "RESUME_SECONDS", 0.05)
    run = breaking_off(store, executor, child, monkeypatch, checkpoint_in)
    async with supervising(supervisor):
        await until(lambda: store.get(run).state == "failed")
    record = store.get(run)
    assert executor.started == [run] * attempts
    assert record.attempt == attempts
    assert record.error == (
        f"The worker process {child.pid} ended without a word: killed, or out of memory. "
        "3 attempts broke off without a new checkpoint: given up."
    )
    assert record.ended_at is not None


async def test_an_interrupted_run_goes_on_by_itself(
    store: Store, executor: Noting, supervisor: Supervisor, child: Holder
) -> None:
    leases: list[Lease] = []
    lease = running(store, replace(child, started=child.started - 1))
    executor.on_start = lambda run: leases.append(store.acquire(run, child))
    async with supervising(supervisor):
        await until(lambda: store.get(lease.run_id).state == "interrupted")
        await until(lambda: executor.started == [lease.run_id])
    record = store.get(lease.run_id)
    assert (record.state, record.attempt, record.error) == ("starting", 2, None)


async def test_a_stopping_run_whose_worker_died_is_not_resumed(
    store: Store, executor: Noting, supervisor: Supervisor, child: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESUME_SECONDS", 0.05)
    dead = replace(child, started=child.started - 1)
    stopping, broken = running(store, dead), running(store, dead)
    store.command(stopping.run_id, "stop")
    async with supervising(supervisor):
        await until(lambda: executor.started == [broken.run_id])
        await asyncio.sleep(0.3)
    assert store.get(stopping.run_id).state == "stopped"
    assert executor.started == [broken.run_id]


async def test_without_attempts_an_interrupted_run_waits_to_be_resumed(
    store: Store, executor: Noting, settings: Settings, child: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESUME_SECONDS", 0.05)
    lease = running(store, replace(child, started=child.started - 1))
    async with supervising(Supervisor(store, executor, settings.model_copy(update={"resume_attempts": 0}))):
        await until(lambda: store.get(lease.run_id).state == "interrupted")
        await asyncio.sleep(0.5)
        assert executor.started == []
        store.command(lease.run_id, "resume")
        await until(lambda: executor.started == [lease.run_id])


async def test_a_namesake_of_a_dead_worker_fools_nobody(store: Store, supervisor: Supervisor, child: Holder) -> None:
    lease = running(store, replace(child, started=child.started - 1))
    async with supervising(supervisor):
        await until(lambda: store.get(lease.run_id).state == "interrupted")
    assert process.alive(child), "and the namesake lives on"


async def test_where_a_worker_cannot_be_inspected_its_lease_decides(
    tmp_path: Path, executor: Noting, settings: Settings
) -> None:
    with contextlib.closing(Store(settings.url, lease_seconds=1.5)) as store:
        lease = running(store, Holder("another machine", 1, 1.0))
        async with supervising(Supervisor(store, executor, settings)):
            for _ in range(10):
                await asyncio.sleep(0.2)
                store.renew(lease)
                assert store.get(lease.run_id).state == "running"
            await until(lambda: store.get(lease.run_id).state == "interrupted")
    assert executor.stopped == [lease.run_id]


async def test_a_sleeping_laptop_loses_nothing(executor: Noting, settings: Settings, child: Holder) -> None:
    with contextlib.closing(Store(settings.url, lease_seconds=0.01)) as store:
        lease = running(store, child)
        async with supervising(Supervisor(store, executor, settings)):
            await asyncio.sleep(0.7)
            assert store.live()[0].lease_left < 0
            assert store.get(lease.run_id).state == "running"


async def test_a_worker_that_does_not_answer_a_stop_is_killed(
    store: Store, executor: Noting, supervisor: Supervisor, child: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.6)
    lease = running(store, child)
    async with supervising(supervisor):
        store.command(lease.run_id, "pause")
        await asyncio.sleep(0.8)
        assert executor.stopped == [], "only a stop is pressed"
        store.command(lease.run_id, "stop")
        assert await until(lambda: store.get(lease.run_id).state == "stopped") > 0.4
    assert executor.stopped == [lease.run_id]
    assert store.get(lease.run_id).error is None


async def test_a_worker_that_never_comes_to_life_is_given_up(
    store: Store, executor: Noting, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BIRTH_SECONDS", 0.5)
    (run,) = queue(store)
    async with supervising(supervisor):
        await until(lambda: executor.started == [run])
        await until(lambda: store.get(run).state == "interrupted")
    assert "before it began" in (store.get(run).error or "")


async def test_what_a_dead_server_was_about_to_start_is_started(
    store: Store, executor: Noting, supervisor: Supervisor
) -> None:
    (run,) = queue(store)
    assert store.claim(run, seconds=1000)
    async with supervising(supervisor):
        await until(lambda: executor.started == [run])
    assert store.get(run).state == "starting"


async def test_ended_runs_are_compacted_after_a_while(
    store: Store, supervisor: Supervisor, child: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    compacted: list[str] = []
    monkeypatch.setattr(module, "COMPACT_SECONDS", 0.1)
    monkeypatch.setattr(module, "COMPACT_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(store, "compact", compacted.append)
    lease = running(store, child)
    live = running(store, child)
    async with supervising(supervisor):
        await asyncio.sleep(0.3)
        store.set_state(lease, "finished")
        assert await until(lambda: lease.run_id in compacted) > 0.3
    assert live.run_id not in compacted


async def test_a_suspended_worker_that_holds_the_database_is_killed(
    settings: Settings, executor: Noting, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    hold = (
        "import sys; from normscope.storage.engine import Database\n"
        "with Database(sys.argv[1]).write(): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, settings.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as frozen:
        began = process.started(frozen.pid)
        assert began is not None
        lease = running(store, Holder(process.host(), frozen.pid, began))
        queue(store)
        assert frozen.stdout is not None
        assert frozen.stdout.readline() == b"held\n"
        frozen.send_signal(signal.SIGSTOP)
        with contextlib.closing(Store(settings.url)) as impatient:
            async with supervising(Supervisor(impatient, executor, settings)):
                await until(lambda: store.get(lease.run_id).state == "interrupted")
                await until(lambda: len(executor.started) == 1)
        assert frozen.wait(5) == -signal.SIGKILL
