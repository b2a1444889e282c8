"""The probes of a device, on the CPU, against those of the CPU: the same run, told some steps later."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.events import DivergedEvent, ReplicateEndedEvent
from normscope.core.spec import (
    Adam,
    BatchNorm,
    CnnSpec,
    EarlyStoppingSpec,
    MlpSpec,
    Momentum,
    NoNorm,
    NormalInitialisation,
    OptimizerSpec,
    ProbeSpec,
    RunSpec,
    Sgd,
    ToySpec,
)
from normscope.probes.ring import HALF, ROWS, Done, Mark, Ring
from normscope.training.loop import Loop
from normscope.training.readings import BuildReadings, Deferred, readings_of
from normscope.training.replicate import Replicate
from normscope.training.splits import DataSet
from normscope.training.toys import draw
from tests.training.helpers import Calm, Memory, Slow, When, arms, parts_of, small, toy


def deferred(mark: type[Mark]) -> BuildReadings:
    return functools.partial(Deferred, mark=mark)


def trained(
    spec: RunSpec, readings: BuildReadings, data: DataSet | None = None, control: Any = None
) -> tuple[Memory, list[Replicate], Loop]:
    memory = Memory()
    loop = Loop(*parts_of(spec, memory, data), control or Calm(), build_readings=readings)
    loop.run()
    return memory, loop.replicates, loop


def same_run(spec: RunSpec, data: DataSet | None = None) -> Memory:
    """The run of ``spec`` with both, and with a device that is slow: the same bits learned, the same things told."""
    at_once, replicates, loop = trained(spec, readings_of, data)
    for mark in (Done, Slow):
        later, theirs, their_loop = trained(spec, deferred(mark), data)
        for one, two in zip(replicates, theirs, strict=True):
            assert one.state == two.state
            lost = one.state == "diverged"  # its buffers have seen minibatches that nobody was shown
            ours = dict(one.model.named_parameters()) if lost else one.model.state_dict()
            others = dict(two.model.named_parameters()) if lost else two.model.state_dict()
            for name in ours:
                assert ours[name].detach().numpy().tobytes() == others[name].detach().numpy().tobytes(), name
        assert loop.step == their_loop.step
        a, b = at_once.points, later.points
        np.testing.assert_array_equal(a.series, b.series)
        np.testing.assert_array_equal(a.step, b.step)
        timeless = ~np.isin(a.series, [series.id for series in at_once.manifest.series if series.unit == "s"])
        largest = np.abs(a.value[timeless & np.isfinite(a.value)]).max()
        for name in ("value", "low", "high"):
            np.testing.assert_allclose(
                getattr(a, name)[timeless], getattr(b, name)[timeless], rtol=1e-6, atol=1e-7 * min(largest, 1.0)
            )
        assert [_told(event) for event in at_once.events] == [_told(event, about=True) for event in later.events]
        assert _vectors(at_once).keys() == _vectors(later).keys()
        for key, vector in _vectors(at_once).items():
            np.testing.assert_allclose(vector, _vectors(later)[key], rtol=1e-6, atol=1)
    return at_once


def _told(event: Any, about: bool = False) -> Any:
    """An event; ``about``: its numbers to six digits."""
    body = event.model_dump(exclude={"manifest"})
    for name in ("last_finite", "final") if about else ():
        if name in body:
            body[name] = pytest.approx(body[name], rel=1e-6, abs=1e-9, nan_ok=True)
    return body


def _vectors(memory: Memory) -> dict[tuple[int, int], Any]:
    return {
        (int(series), int(step)): value
        for chunk in memory.vectors
        for series, step, value in zip(chunk.series, chunk.step, chunk.value, strict=True)
    }


@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(), Adam()], ids=lambda each: each.kind)
def test_a_run_is_the_same_when_it_is_told_later(optimizer: OptimizerSpec) -> None:
    same_run(small(steps=80, optimizer=optimizer, dropout=0.2, seeds=(1, 2), clip_norm=1.0))


def test_a_convolutional_run_is_the_same() -> None:
    spec = small(model=CnnSpec(convolutions=(4, "pool", 2)), steps=40, evaluate_every=7)
    same_run(spec, toy(features=64))


def test_loss_and_accuracy_alone_are_the_same() -> None:
    same_run(small(steps=40, probes=ProbeSpec(layers=False, distributions_every=0)))


def test_boundaries_are_the_same() -> None:
    blobs = ToySpec(kind="blobs", examples=40)
    same_run(small(dataset=blobs, steps=80, probes=ProbeSpec(boundary_every=3)), draw(blobs))


def test_early_stopping_is_the_same() -> None:
    memory = same_run(
        small(steps=300, optimizer=Sgd(learning_rate=2.0), early_stopping=EarlyStoppingSpec(patience=2), seeds=(1, 2))
    )
    states = {event.state for event in memory.events if isinstance(event, ReplicateEndedEvent)}
    assert "stopped_early" in states


@pytest.mark.parametrize("layers", [True, False])
def test_a_divergence_that_is_noticed_late_is_told_as_if_it_had_been_noticed_at_once(layers: bool) -> None:
    spec = small(
        model=MlpSpec(hidden=(8, 8, 8), activation="gelu"),
        arms=arms(NoNorm(), BatchNorm()),
        optimizer=Momentum(learning_rate=30.0),
        initialisation=NormalInitialisation(std=1.0),
        steps=60,
        evaluate_every=1000,
        seeds=(1, 2),
        probes=ProbeSpec(layers=layers, distributions_every=3),
    )
    memory = same_run(spec)
    deaths = [event for event in memory.events if isinstance(event, DivergedEvent)]
    assert len({event.step for event in deaths}) > 1
    assert all(event.last_finite for event in deaths)


def test_a_run_that_nobody_survives_ends_where_the_last_one_fell() -> None:
    spec = small(
        model=MlpSpec(hidden=(8, 8, 8), activation="relu"),
        arms=arms(NoNorm()),
        optimizer=Sgd(learning_rate=1e3),
        initialisation=NormalInitialisation(std=100.0),
        evaluate_every=1000,
        steps=300,
    )
    memory = same_run(spec)
    (death,) = [event for event in memory.events if isinstance(event, DivergedEvent)]
    assert memory.emissions[-1].progress.step == death.step
    assert memory.points.step.max() == death.step


def test_a_command_finds_everything_told() -> None:
    seen: list[tuple[int, int]] = []
    loops: list[Loop] = []

    class Looks(When):
        def obey(self, step: int, machine: Any, *, between: bool) -> bool:
            loops.append(machine)
            machine.show()
            seen.append((step, machine.recorder.step))
            return True

    trained(small(steps=50), deferred(Slow), control=Looks(lambda: True, lambda step: True))
    assert {step for step, _ in seen} == set(range(51))
    assert all(step == told for step, told in seen)


def test_nothing_is_told_more_than_64_steps_late_and_nobody_waits_for_a_step() -> None:
    Slow.waits = 0
    ring: Ring[int] = Ring(2, torch.device("cpu"), Slow, seconds=1e9)
    told: list[int] = []
    for step in range(1, 1001):
        ring.block[ring.row, 0] = step
        ring.end_row(step)
        for arrived in ring.take():
            told.append(arrived.label)
            assert arrived.values[0] == arrived.label
        assert step - len(told) < ROWS
    assert told == list(range(1, len(told) + 1))
    assert Slow.waits <= 1000 / HALF
    assert [arrived.label for arrived in ring.take(wait=True)] == list(range(len(told) + 1, 1001))
    assert ring.take(wait=True) == []


def test_a_device_that_keeps_up_is_told_after_every_copy() -> None:
    ring: Ring[int] = Ring(1, torch.device("cpu"), Done, seconds=0.0)
    vector = torch.tensor([1.0, 2.0])
    ring.end_row(1, [vector])
    (arrived,) = ring.take()
    assert arrived.label == 1
    assert [each.tolist() for each in arrived.parcels] == [[1.0, 2.0]]
