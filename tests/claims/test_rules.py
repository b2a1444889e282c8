"""Rules on each side of each threshold."""

from __future__ import annotations

import math

import pytest

from normscope.claims.arithmetic import interval
from normscope.claims.rules import by_interval, by_size, differences, learned, ratios


@pytest.mark.parametrize(
    ("middle", "verdict"),
    [(2.0, "supported"), (1.5, "supported"), (1.3, "inconclusive"), (1.1, "refuted"), (0.0, "refuted")],
)
def test_great_values_support(middle: float, verdict: str) -> None:
    found = by_size([0.0, middle, 9.0], supported=1.5, refuted=1.1)
    assert (found.verdict, found.effect) == (verdict, middle)


@pytest.mark.parametrize(
    ("middle", "verdict"),
    [(0.1, "supported"), (0.5, "supported"), (0.7, "inconclusive"), (0.9, "refuted"), (3.0, "refuted")],
)
def test_small_values_support_where_less_is_better(middle: float, verdict: str) -> None:
    assert by_size([middle], supported=0.5, refuted=0.9).verdict == verdict


def test_what_was_not_measured_decides_nothing() -> None:
    assert by_size([1.0, math.nan], supported=1.5, refuted=1.1).reason == "not_measured"
    assert by_interval([0.1, math.nan]).reason == "not_measured"


def test_the_interval_of_a_size_is_told_and_decides_nothing() -> None:
    found = by_size([2.0, 8.0], supported=1.5, refuted=1.1, ratio=True)
    assert (found.verdict, found.effect) == ("supported", 5.0)
    assert found.interval is not None
    low, high = found.interval
    assert low * high == pytest.approx(16.0), "around the geometric mean"
    assert low < 1.1
    assert by_size([0.1, 0.3], supported=0.5, refuted=0.9).interval == interval([0.1, 0.3])
    assert by_size([10.0, 10.0], supported=3, refuted=1, ratio=True).interval is None
    assert by_size([0.0, 2.0], supported=1.5, refuted=1.1, ratio=True).interval is None
    assert by_size([math.inf, 2.0], supported=1.5, refuted=1.1, ratio=True).interval is None


def test_one_seed_never_decides_where_an_interval_is_needed() -> None:
    found = by_interval([5.0])
    assert (found.verdict, found.reason, found.interval) == ("inconclusive", "one_seed", None)


@pytest.mark.parametrize(
    ("values", "margin", "verdict"),
    [
        ([1.0, 1.1, 0.9], 0.0, "supported"),
        ([1.0, 1.1, 0.9], 0.99, "inconclusive"),
        ([1.0, 1.1, 0.9], 1.3, "refuted"),
        ([-1.0, -1.1, -0.9], 0.0, "refuted"),
        ([1.0, -1.0, 0.5], 0.0, "inconclusive"),
        ([0.0, 0.0], 0.0, "refuted"),
    ],
)
def test_an_interval_decides_where_it_lies_on_one_side(values: list[float], margin: float, verdict: str) -> None:
    found = by_interval(values, margin=margin)
    assert found.verdict == verdict
    assert found.effect == pytest.approx(sum(values) / len(values))
    assert found.interval is not None


def test_ratios_and_differences_are_seed_by_seed() -> None:
    assert ratios([6.0, 1.0], [2.0, 4.0]) == [3.0, 0.25]
    assert ratios([1.0], [0.0]) == [math.inf]
    assert ratios([math.inf], [2.0]) == [math.inf]
    assert math.isnan(ratios([0.0], [0.0])[0])
    assert math.isnan(ratios([math.inf], [math.inf])[0])
    assert differences([3.0, 1.0], [1.0, 4.0]) == [2.0, -3.0]


def test_twice_chance_is_not_learned() -> None:
    assert not learned([0.2, 0.2, 0.2])
    assert learned([0.21, 0.21, 0.1])
    assert not learned([math.nan, 0.9])
