"""Intervals, medians, arrivals: against tables and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from normscope.claims.arithmetic import interval, median_of, steps_to


def test_the_interval_is_students() -> None:
    """Mean 3, standard deviation sqrt(2.5), t(4, 0.975) = 2.776 (any printed table)."""
    low, high = interval([1.0, 2.0, 3.0, 4.0, 5.0]) or (0.0, 0.0)
    half = 2.776 * math.sqrt(2.5) / math.sqrt(5)
    assert low == pytest.approx(3.0 - half, abs=1e-3)
    assert high == pytest.approx(3.0 + half, abs=1e-3)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_there_is_no_interval_of_too_little(values: list[float]) -> None:
    assert interval(values) is None


def test_equal_differences_have_an_interval_of_no_width() -> None:
    assert interval([0.25, 0.25, 0.25]) == (0.25, 0.25)


def test_never_counts_as_great_and_nan_is_not_hidden() -> None:
    assert median_of([1.0, math.inf, 2.0]) == 2.0
    assert median_of([1.0, math.inf, math.inf]) == math.inf
    assert math.isnan(median_of([1.0, math.nan, 2.0]))
    assert math.isnan(median_of([]))


def steps(*values: float, target: float) -> float:
    return steps_to(10 * np.arange(1, len(values) + 1), np.array(values), target)


def test_an_arrival_needs_the_median_of_three() -> None:
    assert steps(0.1, 0.9, 0.1, 0.1, 0.9, 0.9, target=0.9) == 60  # the lucky second evaluation does not count
    assert steps(0.9, 0.9, 0.1, target=0.9) == 30


def test_who_never_arrives_is_infinitely_late() -> None:
    assert steps(0.1, 0.2, 0.3, target=0.9) == math.inf
    assert steps(0.9, 0.9, target=0.9) == math.inf
    assert steps(0.9, 0.9, 0.9, target=math.nan) == math.inf
    assert steps(math.nan, math.nan, math.nan, target=0.9) == math.inf
