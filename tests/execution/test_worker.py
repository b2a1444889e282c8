"""The worker with a trainer that only counts: what it stores, how it obeys, how it ends."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from normscope.errors import DataSetUnavailable, StoreUnavailable
from normscope.execution import worker, writer
from normscope.storage.store import Store
from tests.contract.material import everything
from tests.execution.fakes import FakeTraining, load
from tests.execution.working import SECONDS, Working

pytestmark = pytest.mark.alone

WITHIN = 1.0
"""Seconds within which a command acts and shows: several times what it takes, since a machine may be slow or busy."""


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Working]:
    with contextlib.closing(Working(tmp_path)) as made:
        yield made


def test_everything_emitted_is_stored_in_order(working: Working) -> None:
    run, done = working.start(FakeTraining(step_seconds=0), steps=300)
    assert done.result(SECONDS) == "finished"
    assert working.steps(run) == list(range(1, 301))
    record = working.store.get(run)
    assert (record.state, record.step, record.fairness, record.error) == ("finished", 300, {"fair": True}, None)
    assert record.started_at is not None
    assert record.ended_at is not None
    assert record.started_at <= record.ended_at
    assert working.store.tail(run) is None
    assert everything(working.store, run)[0].kind == "event"


def test_pause_resume_stop_act_and_show_in_time(working: Working) -> None:
    train = FakeTraining()
    run, done = working.start(train, steps=100_000)
    working.wait(run, lambda record: record.step > 10)
    pause = working.store.command(run, "pause")
    assert working.wait(run, lambda record: record.state == "paused") < WITHIN
    step = train.step
    assert working.store.tail(run) is not None, "open windows stay in sight"
    time.sleep(0.1)
    assert train.step == step
    resume = working.store.command(run, "resume")
    assert working.wait(run, lambda record: record.state == "running") < WITHIN
    working.wait(run, lambda record: record.step > step)
    stop = working.store.command(run, "stop")
    assert working.wait(run, lambda record: record.state == "stopped") < WITHIN
    assert done.result(SECONDS) == "stopped"
    applied = working.applied(run)
    assert [(event.command_id, event.kind) for event in applied] == [
        (pause.id, "pause"),
        (resume.id, "resume"),
        (stop.id, "stop"),
    ]
    assert applied[0].step == applied[1].step == step
    assert applied[2].step == working.steps(run)[-1]


def test_a_paused_run_can_be_stopped(working: Working) -> None:
    run, done = working.start(FakeTraining(), steps=100_000)
    working.wait(run, lambda record: record.state == "running")
    working.store.command(run, "pause")
    working.store.command(run, "stop")
    assert done.result(SECONDS) == "stopped"
    assert [event.kind for event in working.applied(run)] == ["pause", "stop"]
    assert working.store.get(run).state == "stopped"


def test_a_paused_run_keeps_its_lease(working: Working) -> None:
    working.settings = working.settings.model_copy(update={"lease_seconds": 1.0})
    run, done = working.start(FakeTraining(), steps=100_000)
    working.wait(run, lambda record: record.state == "running")
    working.store.command(run, "pause")
    working.wait(run, lambda record: record.state == "paused")
    for _ in range(20):
        time.sleep(0.07)
        assert working.store.live()[0].lease_left > 0
    working.store.command(run, "stop")
    assert done.result(SECONDS) == "stopped"


def test_a_stop_ends_a_download(working: Working) -> None:
    fractions: list[float] = []

    def slow(*given: Any, report: Callable[[float], None], **more: Any) -> Any:
        for number in range(1000):
            fractions.append(number / 1000)
            report(number / 1000)
            time.sleep(0.01)

    run, done = working.start(FakeTraining(), load=slow)
    working.wait(run, lambda record: (record.phase_fraction or 0) > 0)
    assert working.store.get(run).state == "starting"
    working.store.command(run, "stop")
    assert done.result(SECONDS) == "stopped"
    assert len(fractions) < 500
    assert everything(working.store, run) == [], "there is no manifest, so there are no numbered events"
    assert working.store.get(run).state == "stopped"


def test_a_pause_before_the_first_step_is_obeyed_behind_the_manifest(working: Working) -> None:
    def patient(*given: Any, report: Callable[[float], None], **more: Any) -> Any:
        working.store.command(run_id(), "pause")
        time.sleep(0.3)
        return load(*given, report=report, **more)

    def run_id() -> str:
        return working.store.list()[0].id

    run, done = working.start(FakeTraining(), load=patient)
    working.wait(run, lambda record: record.state == "paused")
    assert [event.step for event in working.applied(run)] == [0]
    working.store.command(run, "resume")
    assert done.result(SECONDS) == "finished"


def test_a_missing_data_set_is_a_readable_failure(working: Working, capfd: pytest.CaptureFixture[str]) -> None:
    def absent(*given: Any, **more: Any) -> Any:
        raise DataSetUnavailable("mnist is not in /somewhere, and downloads are off")

    run, done = working.start(FakeTraining(), load=absent)
    assert done.result(SECONDS) == "failed"
    record = working.store.get(run)
    assert (record.state, record.error) == ("failed", "mnist is not in /somewhere, and downloads are off")
    assert "Traceback" in capfd.readouterr().err


def test_a_defect_is_a_failure_that_keeps_what_was_emitted(working: Working, capfd: pytest.CaptureFixture[str]) -> None:
    def break_down() -> None:
        raise RuntimeError("shapes differ: expected [60, 10], got [60, 9]")

    run, done = working.start(FakeTraining({20: break_down}))
    assert done.result(SECONDS) == "failed"
    error = working.store.get(run).error or ""
    assert error.startswith("RuntimeError: shapes differ: expected [60, 10], got [60, 9] (details in ")
    assert f"{run}.log" in error
    assert "break_down" in capfd.readouterr().err
    assert working.steps(run) == list(range(1, 20))


def test_too_little_memory_is_said_plainly(working: Working) -> None:
    def exhaust() -> None:
        raise MemoryError

    run, done = working.start(FakeTraining({1: exhaust}))
    assert done.result(SECONDS) == "failed"
    assert "more memory than this machine has" in (working.store.get(run).error or "")


@pytest.mark.parametrize("paused", [False, True])
def test_a_worker_that_lost_its_lease_ends_and_writes_nothing(working: Working, paused: bool) -> None:
    train = FakeTraining()
    run, done = working.start(train, steps=100_000)
    working.wait(run, lambda record: record.step > 10)
    if paused:
        working.store.command(run, "pause")
        working.wait(run, lambda record: record.state == "paused")
    lease = working.store.take_over(run)
    working.store.set_state(lease, "interrupted", "taken")
    record = working.store.get(run)
    assert done.result(SECONDS) == "lost"
    assert working.store.get(run) == record
    assert train.step < 100_000


def test_a_second_worker_of_a_run_ends_at_once(working: Working) -> None:
    run, done = working.start(FakeTraining(), steps=500)
    working.wait(run, lambda record: record.state == "running")
    assert worker.work(working.settings, run, load=load, train=FakeTraining()) == "lost"
    assert done.result(SECONDS) == "finished"
    assert working.steps(run) == list(range(1, 501))


def test_a_locked_database_delays_and_loses_nothing(working: Working, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([True] * 4)
    real = Store.append

    def flaky(self: Store, *given: Any, **more: Any) -> None:
        if next(failures, False):
            raise StoreUnavailable("database is locked")
        real(self, *given, **more)

    monkeypatch.setattr(Store, "append", flaky)
    run, done = working.start(FakeTraining(step_seconds=0), steps=400)
    assert done.result(SECONDS) == "finished"
    assert next(failures, None) is None
    assert working.steps(run) == list(range(1, 401))


def test_a_commit_that_was_done_and_reported_as_failed_is_not_done_twice(
    working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    lies = iter([True] * 3)
    real = Store.append

    def liar(self: Store, *given: Any, **more: Any) -> None:
        real(self, *given, **more)
        if given[1] and next(lies, False):
            raise StoreUnavailable("disk I/O error")

    monkeypatch.setattr(Store, "append", liar)
    run, done = working.start(FakeTraining(), steps=60)
    assert done.result(SECONDS) == "finished"
    assert next(lies, None) is None
    assert working.steps(run) == list(range(1, 61))


def test_a_database_locked_for_too_long_ends_the_run(working: Working, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.2)

    def never(self: Store, *given: Any, **more: Any) -> None:
        raise StoreUnavailable("database or disk is full")

    monkeypatch.setattr(Store, "append", never)
    run, done = working.start(FakeTraining(), steps=100_000)
    assert done.result(SECONDS) == "failed"
    assert working.store.get(run).error == "database or disk is full"


def test_a_loop_faster_than_the_store_waits(working: Working, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Store.append
    lags: list[int] = []
    train = FakeTraining(step_seconds=0)

    def slow(self: Store, lease: Any, messages: Any, **more: Any) -> None:
        time.sleep(0.02)
        lags.append(train.step - (more["progress"].step if more["progress"] else 0))
        real(self, lease, messages, **more)

    monkeypatch.setattr(Store, "append", slow)
    run, done = working.start(train, steps=500)
    assert done.result(SECONDS) == "finished"
    assert working.steps(run) == list(range(1, 501))
    assert max(lags) <= writer.QUEUE_LENGTH + 2
