"""When the recorder emits."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from normscope.core.manifest import build_manifest
from normscope.training import recorder
from normscope.training.recorder import Recorder
from normscope.training.replicate import build_replicates
from tests.training.helpers import Memory, small


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    time = perf_counter


@pytest.fixture
def clocked(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    spec, clock, sink = small(steps=100_000), Clock(), Memory()
    monkeypatch.setattr(recorder, "time", clock)
    made = Recorder(spec, build_manifest(spec, 3, 40), build_replicates(spec, 5, 3), sink)
    return SimpleNamespace(recorder=made, clock=clock, sink=sink)


@pytest.mark.parametrize("step_seconds", [0.0001, 0.006, 0.0137, 0.031])
def test_twenty_emissions_a_second_whatever_a_step_takes(clocked: SimpleNamespace, step_seconds: float) -> None:
    steps = int(10 / step_seconds)
    for step in range(1, steps + 1):
        clocked.clock.now += step_seconds
        clocked.recorder.end_step(step)
    assert 20 <= len(clocked.sink.emissions) / 10 <= 22


def test_slow_steps_are_emitted_one_by_one_and_never_in_a_burst(clocked: SimpleNamespace) -> None:
    for step in range(1, 6):
        clocked.clock.now += 3.0
        clocked.recorder.end_step(step)
    for step in range(6, 11):
        clocked.clock.now += 0.001
        clocked.recorder.end_step(step)
    assert [emission.progress.step for emission in clocked.sink.emissions] == [1, 2, 3, 4, 5]


def test_an_emission_out_of_turn_puts_off_none(clocked: SimpleNamespace) -> None:
    clocked.recorder.end_step(1)
    clocked.clock.now += 0.03
    clocked.recorder.emit()
    clocked.clock.now += 0.02
    clocked.recorder.end_step(2)
    assert len(clocked.sink.emissions) == 3
