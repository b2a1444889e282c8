"""Slow motion: the speed stays below its limit, and waiting for a turn hears every command at once."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from normscope.core.control import Machine
from normscope.core.events import AppliedEvent
from normscope.core.record import RunState
from normscope.execution.control import RunControl
from normscope.storage.model import Command
from tests.execution.fakes import FakeTraining
from tests.execution.working import Working

SLOW = 0.001
"""Steps per second: whoever waits for its turn waits longer than any test may take."""


class Stepping:
    """A loop that only asks, in a thread; ``step`` is the last one made."""

    def __init__(self, control: RunControl) -> None:
        self.control = control
        self.step = 0
        self.told: list[tuple[str | None, RunState | None]] = []
        self.machine: Machine = FakeTraining()
        self.heard = threading.Condition()
        self._number = 0
        control.announce = self._announce

    def run(self) -> int:
        """Steps until a stop; how many."""
        while not self.control.pending or self.control.obey(self.step, self.machine, between=True):
            self.step += 1
        return self.step

    def tell(self, kind: str, **fields: float | None) -> int:
        """Ask, and wait until it took effect; the step after which it did."""
        self._number += 1
        before = len(self.told)
        self.control.receive([Command(f"c{self._number}", kind, fields, self._number, None)])  # type: ignore[arg-type]
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.told) > before, 30), f"{kind} was not heard"
        return self.step

    def _announce(self, event: AppliedEvent | None, state: RunState | None, extra: int | None) -> None:
        with self.heard:
            self.told.append((None if event is None else event.kind, state))
            self.heard.notify_all()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.mark.parametrize("from_the_start", [True, False])
def test_steps_are_never_faster_than_the_limit(from_the_start: bool) -> None:
    control = RunControl(200.0 if from_the_start else None)
    if not from_the_start:
        control.receive([Command("c1", "set_speed", {"steps_per_second": 200.0}, 1, None)])
    machine = FakeTraining()
    began = time.monotonic()
    for step in range(31):
        assert control.pending
        assert control.obey(step, machine, between=True)
    assert time.monotonic() - began >= (30 - 1.5) / 200.0, "a step may come half a turn early, and only once"


def test_a_run_in_slow_motion_hears_a_pause_a_new_speed_and_a_stop(pool: ThreadPoolExecutor) -> None:
    loop = Stepping(RunControl())
    done: Future[int] = pool.submit(loop.run)
    slowed_at = loop.tell("set_speed", steps_per_second=SLOW)
    paused_at = loop.tell("pause")
    assert paused_at <= slowed_at + 1, "the next step's turn is minutes away"
    assert loop.told[-1] == ("pause", "paused")
    assert loop.tell("set_speed", steps_per_second=SLOW / 2) == paused_at
    assert loop.tell("step") in (paused_at, paused_at + 1)
    loop.tell("resume")
    loop.tell("set_speed", steps_per_second=None)
    fast = loop.step
    while loop.step < fast + 1000:
        assert not done.done()
        time.sleep(0.001)
    loop.tell("stop")
    assert done.result(30) >= fast + 1000


def test_a_worker_in_slow_motion_is_paused_and_goes_on_at_full_speed(tmp_path: Path) -> None:
    with contextlib.closing(Working(tmp_path)) as working:
        run, done = working.start(FakeTraining(), steps=100_000)
        working.wait(run, lambda record: record.state == "running")
        working.store.command(run, "set_speed", steps_per_second=SLOW)
        working.wait(run, lambda record: [event.kind for event in working.applied(run)] == ["set_speed"])
        working.store.command(run, "pause")
        working.wait(run, lambda record: record.state == "paused")
        slowed, paused = working.applied(run)
        assert paused.step - slowed.step <= 1
        assert slowed.value == SLOW
        for kind in ("resume", "set_speed"):
            fields = {"steps_per_second": None} if kind == "set_speed" else {}
            working.store.command(run, kind, **fields)  # type: ignore[arg-type]
        working.wait(run, lambda record: record.step > paused.step + 50)
        working.store.command(run, "stop")
        assert done.result(30) == "stopped"
        made = working.steps(run)
        assert made == list(range(1, len(made) + 1))
