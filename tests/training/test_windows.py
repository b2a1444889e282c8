"""Windows against slow oracles: where they end, and what they hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.core.telemetry import Points, concat_points
from normscope.training.fold import ends_window
from normscope.training.windows import Windows


def oracle_ends(count: int, points: int) -> list[int]:
    """Numbers of the observations that end a window, by simulation."""
    ends: list[int] = []
    length, filled = 1, 0
    for number in range(1, count + 1):
        filled += 1
        if filled == length:
            ends.append(number)
            filled = 0
            if len(ends) % points == 0:
                length *= 2
    return ends


@pytest.mark.parametrize("points", [1, 3, 30, 1000])
def test_windows_double_each_time_there_are_so_many_points_more(points: int) -> None:
    count = 20_000
    ends = [number for number in range(1, count + 1) if ends_window(number, points)]
    assert ends == oracle_ends(count, points)


def test_a_million_steps_become_ten_thousand_points_and_less_than_500_vectors() -> None:
    numbers = range(1, 1_000_001)
    assert 9_000 < sum(ends_window(number, 1000) for number in numbers) < 11_000
    assert 400 < sum(ends_window(number, 30) for number in numbers) < 500


VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.data())
def test_every_window_has_the_mean_low_and_high_of_its_observations(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 60))
    rows = np.array(data.draw(st.lists(st.lists(VALUES, min_size=2, max_size=2), min_size=count, max_size=count)))
    cuts = sorted(data.draw(st.sets(st.integers(0, count), max_size=6)) | {0, count})
    steps = np.arange(1, count + 1) * 3
    windows = Windows(np.array([4, 9]), points=5)
    closed: list[Points] = []
    for start, stop in itertools.pairwise(cuts):
        points = windows.add(steps[start:stop], rows[start:stop])
        closed += [points] if points is not None else []
    tail = windows.tail()
    closed += [points] if (points := windows.close()) is not None else []
    assert windows.tail() is None
    got = concat_points(closed)

    ends = oracle_ends(count, 5)
    is_open = not ends or ends[-1] < count
    bounds = [0, *ends, *([count] if is_open else [])]
    assert got.series.tolist() == [4] * (len(bounds) - 1) + [9] * (len(bounds) - 1)
    for column in (0, 1):
        for index, (start, stop) in enumerate(itertools.pairwise(bounds)):
            at = column * (len(bounds) - 1) + index
            inside = rows[start:stop, column]
            numbers = [v for v in inside.tolist() if not math.isnan(v)]
            assert got.step[at] == 3 * stop
            with np.errstate(invalid="ignore"):
                assert got.value[at] == pytest.approx(np.float32(inside.mean()), rel=1e-5, abs=1e-3, nan_ok=True)
            assert got.low[at] == pytest.approx(np.float32(min(numbers, default=math.nan)), nan_ok=True, rel=0, abs=0)
            assert got.high[at] == pytest.approx(np.float32(max(numbers, default=math.nan)), nan_ok=True, rel=0, abs=0)
    assert (tail is not None) == is_open
    if tail is not None:
        last = got.step == 3 * count
        assert tail.value.tolist() == pytest.approx(got.value[last].tolist(), nan_ok=True)
        assert tail.step.tolist() == [3 * count] * 2


def test_a_series_that_ends_closes_alone_and_later_values_are_ignored() -> None:
    windows = Windows(np.array([0, 1]), points=1)
    windows.add(np.array([1, 2]), np.array([[1.0, 10.0], [2.0, 20.0]]))
    left = windows.close(slice(1, 2))
    assert left is not None
    assert (left.series.tolist(), left.step.tolist(), left.value.tolist()) == ([1], [2], [20.0])
    assert windows.close(slice(1, 2)) is None
    later = windows.add(np.array([3]), np.array([[4.0, np.nan]]))
    assert later is not None
    assert (later.series.tolist(), later.value.tolist(), later.high.tolist()) == ([0], [3.0], [4.0])


def test_values_beyond_float32_become_infinite_without_a_warning() -> None:
    points = Windows(np.array([0])).add(np.array([1]), np.array([[1e300]]))
    assert points is not None
    assert points.value.tolist() == [math.inf]


@given(st.data())
def test_how_observations_are_cut_into_calls_changes_no_bit(data: st.DataObject) -> None:
    count = 300
    rows = np.exp(np.random.default_rng(data.draw(st.integers(0, 9))).normal(0, 10, (count, 3)))
    steps = np.arange(1, count + 1)
    results: list[list[bytes]] = []
    for cuts in ({0, count}, data.draw(st.sets(st.integers(0, count), max_size=40)) | {0, count}):
        windows = Windows(np.arange(3), points=4)
        closed = [windows.add(steps[a:b], rows[a:b]) for a, b in itertools.pairwise(sorted(cuts))]
        points = concat_points([p for p in (*closed, windows.close()) if p is not None])
        results.append([column.tobytes() for column in points.columns])
    assert results[0] == results[1]
