"""Fewer points, no spike hidden: the envelope against a slow oracle."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from normscope.core.telemetry import VECTORS, Points
from normscope.server.envelope import Window, envelope, thin_out

VALUES = st.floats(width=32, allow_nan=True, allow_infinity=True)


@st.composite
def all_points(draw: st.DrawFn) -> Points:
    """Up to three series with windows of any width; low <= value <= high, or NaN."""
    rows: list[tuple[int, int, float, float, float]] = []
    for series in draw(st.sets(st.integers(0, 5), max_size=3)):
        steps = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=30)))
        for step in steps:
            low, value, high = sorted(draw(st.tuples(VALUES, VALUES, VALUES)), key=lambda v: (math.isnan(v), v))
            rows.append((step, series, value, low, high))
    rows.sort(key=lambda row: (row[1], row[0]))
    columns = list(zip(*rows, strict=True)) or [()] * 5
    kinds = (np.uint32, np.uint32, np.float32, np.float32, np.float32)
    return Points(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def rows(points: Points) -> list[tuple[int, int, float, float, float]]:
    """Points as tuples of Python numbers."""
    columns = (points.step, points.series, points.value, points.low, points.high)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def oracle(points: Points, window: Window) -> list[tuple[int, int, float, float, float]]:
    """The same by loops: one series after the other, one bucket after the other."""
    answer: list[tuple[int, int, float, float, float]] = []
    kept: dict[int, list[tuple[int, int, float, float, float]]] = {}
    everything = rows(points)
    for series in sorted({row[1] for row in everything}):
        mine = [row for row in everything if row[1] == series]
        for i, (step, _, value, low, high) in enumerate(mine):
            before = mine[i - 1][0] if i else max(0, step - (mine[1][0] - step)) if len(mine) > 1 else 0
            width = max(1, step - before)
            wanted = window.series is None or series in window.series
            wanted &= window.from_step is None or step >= window.from_step
            wanted &= window.to_step is None or step - width < window.to_step
            if wanted:
                kept.setdefault(series, []).append((step, width, value, low, high))
    steps = [row[0] for mine in kept.values() for row in mine]
    for series, mine in kept.items():
        if len(mine) <= window.points:
            answer += [(step, series, value, low, high) for step, _, value, low, high in mine]
            continue
        first = min(steps) if window.from_step is None else window.from_step
        last = max(steps) if window.to_step is None else window.to_step
        buckets: dict[int, list[tuple[int, int, float, float, float]]] = {}
        for row in mine:
            index = (row[0] - first) * window.points // (last - first + 1)
            buckets.setdefault(max(0, min(window.points - 1, index)), []).append(row)
        for bucket in buckets.values():
            weight = sum(row[1] for row in bucket)
            mean = sum(np.float64(row[2]) * row[1] for row in bucket) / weight
            lows = [row[3] for row in bucket if not math.isnan(row[3])]
            highs = [row[4] for row in bucket if not math.isnan(row[4])]
            low, high = min(lows, default=math.nan), max(highs, default=math.nan)
            answer.append((bucket[-1][0], series, float(np.float32(mean)), low, high))
    return answer


@given(
    all_points(),
    st.builds(
        Window,
        points=st.integers(1, 40),
        from_step=st.none() | st.integers(0, 100),
        to_step=st.none() | st.integers(100, 250),
        series=st.none() | st.tuples(st.integers(0, 5), st.integers(0, 5)),
    ),
)
def test_envelope_is_what_loops_say(points: Points, window: Window) -> None:
    with np.errstate(all="ignore"):
        expected = oracle(points, window)
    found = rows(envelope(points, window))
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    np.testing.assert_allclose([row[2] for row in found], [row[2] for row in expected], rtol=1e-6)
    np.testing.assert_array_equal([row[3:] for row in found], [row[3:] for row in expected])


@given(all_points(), st.integers(1, 20))
def test_no_extreme_is_lost_and_no_series_has_too_many(points: Points, count: int) -> None:
    short = envelope(points, Window(count))
    for series in np.unique(points.series):
        before, after = points.series == series, short.series == series
        assert 1 <= after.sum() <= count
        np.testing.assert_equal(np.fmin.reduce(short.low[after]), np.fmin.reduce(points.low[before]))
        np.testing.assert_equal(np.fmax.reduce(short.high[after]), np.fmax.reduce(points.high[before]))
        assert points.step[before].max() == short.step[after].max()


def test_one_spike_among_fifty_thousand_steps_survives() -> None:
    count = 50_000
    value = np.zeros(count, np.float32)
    value[31_415] = 1e9
    step = np.arange(1, count + 1, dtype=np.uint32)
    short = envelope(Points(step, step * 0, value, value, value), Window(1000))
    assert len(short) == 1000
    assert short.high.max() == np.float32(1e9)
    assert int((short.high > 0).sum()) == 1


def test_the_total_is_shared_among_the_series_but_each_keeps_a_hundred() -> None:
    step = np.tile(np.arange(1, 1001, dtype=np.uint32), 4)
    series = np.repeat(np.arange(4, dtype=np.uint32), 1000)
    value = step.astype(np.float32)
    points = Points(step, series, value, value, value)
    assert np.bincount(envelope(points, Window(2000, total=2000)).series).tolist() == [500] * 4
    assert np.bincount(envelope(points, Window(2000, total=2000, series=(1, 3))).series).tolist() == [0, 1000, 0, 1000]
    assert np.bincount(envelope(points, Window(2000, total=10)).series).tolist() == [100] * 4
    assert np.bincount(envelope(points, Window(30, total=2000)).series).tolist() == [30] * 4


def test_a_nan_is_seen_and_does_not_swallow_its_neighbours() -> None:
    value = np.array([1, 2, np.nan, 4], np.float32)
    step = np.arange(1, 5, dtype=np.uint32)
    short = envelope(Points(step, step * 0, value, value, value), Window(1))
    assert np.isnan(short.value[0])
    assert (short.low[0], short.high[0]) == (1, 4)


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 20))
def test_thinning_keeps_the_last_and_spreads_the_rest(series: list[int], count: int) -> None:
    column = np.sort(np.array(series, np.uint32))
    step = np.arange(len(column), dtype=np.uint32)
    value = pa.array([[float(s)] for s in step], pa.list_(pa.float32()))
    table = pa.table([pa.array(step), pa.array(column), value], schema=VECTORS)
    short = thin_out(table, Window(count))
    for one in set(series):
        before, after = step[column == one], short.column("step").to_numpy()[short.column("series").to_numpy() == one]
        assert len(after) == min(count, len(before))
        assert after[-1] == before[-1]
        gaps = np.diff(np.searchsorted(before, after))
        assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1
    assert [v[0] for v in short.column("value").to_pylist()] == short.column("step").to_pylist()
