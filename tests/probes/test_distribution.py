"""Percentiles against numpy, histograms against counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from normscope.probes.distribution import LEVELS, SORTED, percentiles
from normscope.probes.histogram import histogram
from tests.probes.strategies import ANY, FINITE, images, matrices

Matrix = NDArray[np.float32]


@given(images(FINITE))
def test_percentiles_are_those_of_numpy_for_each_unit(values: Matrix) -> None:
    out = np.empty((3, values.shape[1]), np.float32)
    percentiles(values, out)
    expected = np.percentile(values.astype(np.float64), [100 * level for level in LEVELS], axis=(0, 2))
    # Among the smallest numbers there are, float32 can be off by one of them.
    scale = np.abs(values).astype(np.float64).max(axis=(0, 2)) * 1e-6 + float(np.finfo(np.float32).smallest_subnormal)
    assert (np.abs(out - expected) <= scale).all()


@given(images(ANY))
def test_percentiles_of_units_with_nan_are_nan_and_infinity_keeps_its_place(values: Matrix) -> None:
    out = np.empty((3, values.shape[1]), np.float32)
    percentiles(values, out)
    for unit in range(values.shape[1]):
        ordered = sorted(values[:, unit].ravel().tolist())
        for level, got in zip(LEVELS, out[:, unit].tolist(), strict=True):
            position = level * (len(ordered) - 1)
            below, above = ordered[math.floor(position)], ordered[math.ceil(position)]
            if np.isnan(values[:, unit]).any() or (below == -math.inf and above == math.inf):
                assert math.isnan(got)
            elif below == above:
                assert got == below
            elif math.isinf(below) or math.isinf(above):
                assert got in (below, above, math.inf, -math.inf) or math.isnan(got)
            else:
                assert below <= got <= above


@given(matrices(ANY), st.integers(8, 20))
def test_histogram_counts_every_finite_value_once(values: Matrix, bins: int) -> None:
    out = np.empty(2 + bins, np.float32)
    histogram(values, out)
    finite = values[np.isfinite(values)].astype(np.float64)
    assert out[2:].sum() == finite.size
    if not finite.size:
        assert np.isnan(out[:2]).all()
        return
    low, high = finite.min(), finite.max()
    if low < high:
        assert (out[0], out[1]) == (np.float32(low), np.float32(high))
    low, high = float(out[0]), float(out[1])
    for index, count in enumerate(out[2:]):
        left, right = low + (high - low) * index / bins, low + (high - low) * (index + 1) / bins
        margin = (high - low) * 1e-9
        surely = ((finite > left + margin) & (finite < right - margin)).sum()
        perhaps = ((finite >= left - margin) & (finite <= right + margin)).sum()
        assert surely <= count <= perhaps


def test_histogram_of_equal_values_has_a_width() -> None:
    out = np.empty(2 + 8, np.float32)
    histogram(np.full((4, 3), 2.0, np.float32), out)
    assert out.tolist() == [1.5, 2.5, 0, 0, 0, 0, 12, 0, 0, 0]


@given(st.integers(0, 10_000), st.integers(SORTED - 1, 3 * SORTED), st.sampled_from([2, 5, 1000, 10**9]))
def test_many_values_have_the_percentiles_of_sorted_ones(seed: int, size: int, distinct: int) -> None:
    values = np.random.default_rng(seed).integers(-distinct, distinct, (size, 2, 1)).astype(np.float32)
    values[:, 1] = np.sort(values[:, 1], axis=0)[:: 1 if seed % 2 else -1]
    out = np.empty((3, 2), np.float32)
    percentiles(values.copy(), out)
    expected = np.percentile(values.astype(np.float64), [100 * level for level in LEVELS], axis=(0, 2))
    assert (np.abs(out - expected) <= np.abs(values).max() * 1e-6).all()


def test_infinity_among_many_values_keeps_its_place() -> None:
    values = np.random.default_rng(0).standard_normal((3 * SORTED, 2, 1)).astype(np.float32)
    values[: SORTED // 2] = np.inf
    out = np.empty((3, 2), np.float32)
    percentiles(values.copy(), out)
    ordered = np.sort(values[:, :, 0], axis=0).astype(np.float64)
    for level, got in zip(LEVELS, out, strict=True):
        position = level * (len(ordered) - 1)
        below = ordered[math.floor(position)]
        between = below + (position % 1) * (ordered[math.ceil(position)] - below) if np.isfinite(below).all() else below
        assert got == pytest.approx(between, rel=1e-6)
