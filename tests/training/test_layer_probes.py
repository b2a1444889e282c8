"""The instruments in the loop: when they look, where their numbers go, and what a network leaves that diverges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from normscope.core.events import DivergedEvent, ManifestEvent
from normscope.core.manifest import Manifest, Series
from normscope.core.spec import ArmSpec, BatchNorm, MlpSpec, NoNorm, NormalInitialisation, ProbeSpec, RunSpec, Sgd
from normscope.training.layer_probes import is_due
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, arms, small, toy


def manifest_of(memory: Memory) -> Manifest:
    """The first event's."""
    event = memory.events[0]
    assert isinstance(event, ManifestEvent)
    return event.manifest


def trained(**changes: Any) -> tuple[RunSpec, Memory]:
    """A small run."""
    spec, memory = small(**changes), Memory()
    train(spec, toy(), sink=memory, control=Calm())
    return spec, memory


def series_of(memory: Memory, statistic: str, arm: int, layer: int) -> Series:
    """The one of this kind."""
    (found,) = [
        series
        for series in manifest_of(memory).series
        if (series.statistic, series.arm, series.layer) == (statistic, arm, layer)
    ]
    return found


@pytest.mark.parametrize(("every", "steps"), [(4, [4, 8, 12, 16, 20, 24, 28, 30]), (10, [10, 20, 30]), (0, [])])
def test_details_are_measured_on_their_schedule_and_at_the_last_step(every: int, steps: list[int]) -> None:
    assert [step for step in range(1, 31) if is_due(step, every, 30)] == steps
    _, memory = trained(seeds=(1, 2), probes=ProbeSpec(distributions_every=0, details_every=every))
    members = [series for series in manifest_of(memory).series if series.schedule == "details"]
    assert bool(members) == (every > 0)
    assert {series.seed for series in members} == ({1, 2} if every else set())
    for series in members:
        points = memory.series(series.id)
        assert points.step.tolist() == steps, series
        assert np.isfinite(points.value).all(), series


def test_an_update_of_plain_descent_is_rate_times_gradient() -> None:
    _, memory = trained(optimizer=Sgd(learning_rate=0.05), probes=ProbeSpec(details_every=1))
    for arm in (0, 1):
        for layer in (1, 2, 3):
            size, ratio, gradient = (
                memory.series(series_of(memory, name, arm, layer).id).value.astype(np.float64)
                for name in ("weight_norm", "update_ratio", "gradient_norm")
            )
            np.testing.assert_allclose(ratio * size, 0.05 * gradient, rtol=1e-4)
            if arm == 1 and layer < 3:
                rate = memory.series(series_of(memory, "effective_learning_rate", arm, layer).id).value
                np.testing.assert_allclose(rate, 0.05 / size**2, rtol=1e-5)


def test_every_vector_comes_at_the_steps_that_are_kept() -> None:
    _, memory = trained(arms=arms(NoNorm(), BatchNorm()), probes=ProbeSpec(distributions_every=10, details_every=0))
    seen: dict[int, list[int]] = {}
    for part in memory.vectors:
        for series, step in zip(part.series.tolist(), part.step.tolist(), strict=True):
            seen.setdefault(series, []).append(step)
    wanted = [series.id for series in manifest_of(memory).series if series.schedule == "distributions"]
    assert seen == {series: [10, 20, 30] for series in wanted}


def test_a_network_that_diverges_shows_its_last_details_and_no_update() -> None:
    wild = ArmSpec(
        name="wild",
        norm=NoNorm(),
        optimizer=Sgd(learning_rate=1000.0),
        initialisation=NormalInitialisation(std=100.0),
    )
    _, memory = trained(
        model=MlpSpec(hidden=(6, 4), activation="relu"),
        arms=(wild, ArmSpec(name="calm", norm=BatchNorm())),
        probes=ProbeSpec(details_every=1),
    )
    diverged = {event.arm: event.step for event in memory.events if isinstance(event, DivergedEvent)}
    assert list(diverged) == [0]
    ratio, size = (memory.series(series_of(memory, name, 0, 3).id) for name in ("update_ratio", "weight_norm"))
    assert ratio.step.tolist() == size.step.tolist() == list(range(1, diverged[0] + 1))
    assert diverged[0] > 1
    assert np.isnan(ratio.value[-1])
    assert np.isfinite(ratio.value[:-1]).all()
    assert ratio.value[:-1].max() > 1
    assert memory.series(series_of(memory, "weight_norm", 1, 1).id).step[-1] == 30
