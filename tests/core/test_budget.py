"""Which schedule the budget widens: on each side of every bound of the rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from normscope.core.budget import MARGIN, MOST_EVERY, PAUSE_STEPS, WORTH, Spent, to_widen
from normscope.core.spec import ProbeSpec
from normscope.core.statistics import Schedule


def spent(
    observation: dict[Schedule, float], every: dict[Schedule, int], steps: int = 100, each_step: float = 0.0
) -> Spent:
    """A second of training each step."""
    return Spent(steps, float(steps), each_step * steps, observation, every)


def test_the_share_is_what_measuring_takes_of_a_step() -> None:
    """A step: 1 s of training, 0.1 of measuring, 0.2 a tenth of 2 s, 0.03 a hundredth of 3 s."""
    assert spent({"details": 2.0, "modes": 3.0}, {"details": 10, "modes": 100}, each_step=0.1).share() == pytest.approx(
        0.33 / 1.33
    )
    assert Spent(10, 0.0, 0.0, {}, {}).share() == 0.0


def test_the_dearest_of_a_step_is_widened_not_the_dearest_of_an_observation() -> None:
    every: dict[Schedule, int] = {"details": 1, "noise": 1000}
    assert to_widen(0.05, spent({"details": 0.5, "noise": 100.0}, every), every) == "details"
    assert to_widen(0.05, spent({"details": 0.05, "noise": 100.0}, every), every) == "noise"


def test_nothing_changes_within_the_budget_and_its_margin() -> None:
    every: dict[Schedule, int] = {"modes": 10}
    limit = 0.05 * MARGIN
    seconds = 10 * limit / (1 - limit)
    assert to_widen(0.05, spent({"modes": seconds * 0.999}, every), every) is None
    assert to_widen(0.05, spent({"modes": seconds * 1.001}, every), every) == "modes"


def test_nothing_changes_before_the_last_change_was_seen() -> None:
    every: dict[Schedule, int] = {"modes": 10}
    assert to_widen(0.05, spent({"modes": 9.0}, every, steps=PAUSE_STEPS - 1), every) is None
    assert to_widen(0.05, spent({"modes": 9.0}, every, steps=PAUSE_STEPS), every) == "modes"


def test_what_is_measured_at_every_step_is_no_reason_to_stop_the_rest() -> None:
    """Measuring at every step alone exceeds the budget: what is cheap beside it stays as it is."""
    every: dict[Schedule, int] = {"details": 10}
    worth = 10 * WORTH * 0.05
    assert to_widen(0.05, spent({"details": worth * 0.99}, every, each_step=0.5), every) is None
    assert to_widen(0.05, spent({"details": worth * 1.01}, every, each_step=0.5), every) == "details"


def test_a_schedule_is_widened_to_its_bound_and_what_is_never_observed_is_not() -> None:
    spacing: dict[Schedule, int] = {"details": 1, "modes": 1}
    seconds: dict[Schedule, float] = {"details": 9.0, "modes": 5.0}
    assert to_widen(0.05, spent(seconds, spacing), {"details": MOST_EVERY // 2, "modes": 1}) == "details"
    assert to_widen(0.05, spent(seconds, spacing), {"details": MOST_EVERY // 2 + 1, "modes": 1}) == "modes"
    assert to_widen(0.05, spent(seconds, spacing), {"details": 0, "modes": 0}) is None


@given(
    budget=st.floats(0.005, 0.5),
    details=st.floats(0, 10),
    modes=st.floats(0, 1000),
    each_step=st.floats(0, 1),
)
def test_it_comes_to_rest(budget: float, details: float, modes: float, each_step: float) -> None:
    """Doubling ends: the share is within the budget, or no schedule has a part in what exceeds it."""
    every: dict[Schedule, int] = {"details": 10, "modes": 50}
    seconds: dict[Schedule, float] = {"details": details, "modes": modes}
    for _ in range(60):
        now = spent(seconds, every, each_step=each_step)
        name = to_widen(budget, now, every)
        if name is None:
            break
        every[name] *= 2
    else:
        pytest.fail("it goes on for ever")
    own = max(details / every["details"], modes / every["modes"])
    assert now.share() <= budget * MARGIN or own < WORTH * budget or max(every.values()) > MOST_EVERY // 2


def test_it_is_off_by_default_and_a_share() -> None:
    assert ProbeSpec().budget is None
    assert ProbeSpec(budget=0.05).budget == 0.05
    for wrong in (0.0, 0.004, 0.6, 5.0):
        with pytest.raises(ValidationError, match="budget"):
            ProbeSpec(budget=wrong)
