"""Estimates: against what is really built, monotone, and limits that say the number."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from normscope.core.cost import Limits, check_cost, estimate, points_of
from normscope.core.presets import PRESETS, preset
from normscope.core.spec import ArmSpec, GroupNorm, LayerNorm, MlpSpec, ProbeSpec, RmsNorm, RunSpec
from normscope.errors import CostLimitError
from normscope.settings import Settings
from tests.contract.material import tiny_spec


def paper() -> RunSpec:
    """The experiment the seconds are calibrated on."""
    found = preset("paper-mnist")
    assert found is not None
    return found.spec


def test_the_papers_experiment_takes_about_twelve_seconds() -> None:
    cost = estimate(paper())
    assert 8 < cost.seconds < 18
    assert cost.networks == 2
    assert cost.steps_per_epoch == 916
    assert cost.epochs == pytest.approx(4000 / 916)


def test_parameters_are_those_of_the_networks_that_are_built() -> None:
    hidden = (12, 8)
    arms = (
        *tiny_spec().arms,
        ArmSpec(name="l", norm=LayerNorm()),
        ArmSpec(name="g", norm=GroupNorm(groups=4)),
        ArmSpec(name="r", norm=RmsNorm()),
    )
    spec = tiny_spec().model_copy(update={"arms": arms, "model": MlpSpec(hidden=hidden)})
    norms = {
        "none": lambda n: torch.nn.Identity(),
        "batch": torch.nn.BatchNorm1d,
        "layer": torch.nn.LayerNorm,
        "group": lambda n: torch.nn.GroupNorm(4, n),
        "rms": torch.nn.RMSNorm,
    }
    for arm, count in zip(arms, estimate(spec).parameters, strict=True):
        network = torch.nn.Sequential(
            torch.nn.Linear(64, 12),
            norms[arm.norm.kind](12),
            torch.nn.Linear(12, 8),
            norms[arm.norm.kind](8),
            torch.nn.Linear(8, 10),
        )
        assert count == sum(parameter.numel() for parameter in network.parameters()), arm.norm.kind


@pytest.mark.parametrize(
    ("more", "grows"),
    [
        ({"steps": 8000}, ("seconds", "telemetry_bytes")),
        ({"seeds": (1, 2)}, ("seconds", "telemetry_bytes", "memory_bytes")),
        ({"batch_size": 600}, ("seconds", "memory_bytes")),
        ({"evaluate_every": 10}, ("seconds", "telemetry_bytes")),
        ({"probes": ProbeSpec(modes_every=100)}, ("seconds", "telemetry_bytes")),
        ({"probes": ProbeSpec(landscape_every=100)}, ("seconds", "telemetry_bytes", "memory_bytes")),
        ({"probes": ProbeSpec(noise_every=100)}, ("seconds", "telemetry_bytes", "memory_bytes")),
        ({"model": MlpSpec(hidden=(500, 500, 500))}, ("seconds", "memory_bytes", "telemetry_bytes")),
    ],
)
def test_more_costs_more(more: dict[str, object], grows: tuple[str, ...]) -> None:
    base = estimate(paper())
    larger = estimate(paper().model_copy(update=more))
    for name in grows:
        assert getattr(larger, name) > getattr(base, name), name


def test_a_slower_machine_scales_seconds_only() -> None:
    once, twice = estimate(paper()), estimate(paper(), scale=2.0)
    assert twice == dataclasses.replace(once, seconds=2 * once.seconds)


@given(st.integers(0, 200_000))
def test_points_are_counted_as_windows_close(observations: int) -> None:
    points, width, left = 0, 1, observations
    while left > 0:
        for _ in range(1000):
            if left <= 0:
                break
            left -= width
            points += 1
        width *= 2
    assert points_of(observations) == points


@pytest.mark.parametrize(
    ("limits", "path", "words"),
    [
        (Limits(5.0, 10**12, 10**12), "steps", r"at most 5 s, got 1\d\.?\d* s: reduce the steps"),
        (Limits(1e9, 1_000_000, 10**12), "model.hidden", r"at most 1 MB of memory, got an estimated \d+ MB: reduce"),
        (Limits(1e9, 10**12, 1_000_000), "probes", r"at most 1 MB of telemetry, got an estimated \d+ MB: reduce"),
    ],
)
def test_limits_name_themselves_the_number_and_the_remedy(limits: Limits, path: str, words: str) -> None:
    with pytest.raises(CostLimitError, match=words) as refusal:
        check_cost(estimate(paper()), limits)
    assert refusal.value.path == path


def test_the_largest_spec_is_refused_before_anything_is_allocated() -> None:
    arms = tuple(ArmSpec(name=str(i), norm=LayerNorm()) for i in range(8))
    largest = paper().model_copy(
        update={"arms": arms, "seeds": tuple(range(8)), "model": MlpSpec(hidden=(2048,) * 24), "steps": 1_000_000}
    )
    cost = estimate(largest)
    assert cost.memory_bytes > 50e9
    with pytest.raises(CostLimitError, match="hours"):
        check_cost(cost, Limits(86_400, 8_000_000_000, 2_000_000_000))


def test_every_preset_is_affordable_in_a_demo() -> None:
    settings = Settings()
    limits = Limits(
        settings.public_cost_limit_seconds, settings.memory_limit_bytes, settings.public_telemetry_limit_bytes
    )
    for each in PRESETS:
        check_cost(estimate(each.spec), limits)
