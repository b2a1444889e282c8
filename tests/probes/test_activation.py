"""What is measured of activations, against exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from normscope.probes.activation import GELU, RELU, SIGMOID, TANH, dead, mean_variance, saturated
from tests.probes.strategies import ANY, FINITE, SMALL, images, matrices

Matrix = NDArray[np.float32]


@given(matrices(FINITE))
def test_mean_and_variance_of_finite_values_are_exact_up_to_rounding(values: Matrix) -> None:
    exact = [Fraction(float(v)) for v in values.ravel()]
    mean = sum(exact) / len(exact)
    variance = sum((v - mean) ** 2 for v in exact) / len(exact)
    largest = max(abs(v) for v in exact)
    got_mean, got_variance = mean_variance(values)
    assert abs(Fraction(got_mean) - mean) <= largest * Fraction(1, 10**14)
    assert (
        abs(Fraction(got_variance) - variance) <= variance * Fraction(1, 10**12) + (largest * Fraction(1, 10**14)) ** 2
    )


def test_variance_of_a_tiny_spread_around_a_huge_mean_survives() -> None:
    values = np.array([[16_777_216.0, 16_777_218.0]], np.float32)
    assert mean_variance(values) == (16_777_217.0, 1.0)


@given(matrices(ANY))
def test_values_that_are_not_finite_are_not_hidden(values: Matrix) -> None:
    mean, variance = mean_variance(values)
    assert math.isfinite(mean) == bool(np.isfinite(values).all())
    assert math.isfinite(variance) == bool(np.isfinite(values).all())
    if np.isnan(values).any():
        assert math.isnan(mean)


@pytest.mark.parametrize(("activation", "centre", "limit"), [(SIGMOID, 0.5, 0.45), (TANH, 0.0, 0.95)])
@given(values=matrices(SMALL))
def test_saturated_counts_values_near_the_ends(values: Matrix, activation: int, centre: float, limit: float) -> None:
    distances = [float(np.abs(v - np.float32(centre))) for v in values.ravel()]
    expected = sum(d > float(np.float32(limit)) for d in distances) / values.size
    assert saturated(values, activation) == expected


def test_nan_is_not_saturated_and_not_dead() -> None:
    values = np.array([[np.nan, 0.0], [0.0, 0.0]], np.float32)
    assert saturated(values, SIGMOID) == 0.75
    assert dead(values[:, :, None], RELU) == 0.5


@pytest.mark.parametrize("activation", [RELU, GELU])
@given(values=images(ANY))
def test_dead_units_are_silent_for_every_example_at_every_position(values: Matrix, activation: int) -> None:
    def silent(value: float) -> bool:
        return value == 0 if activation == RELU else abs(value) < float(np.float32(0.01))

    units = [all(silent(float(v)) for v in values[:, unit].ravel()) for unit in range(values.shape[1])]
    assert dead(values, activation) == sum(units) / len(units)


def test_limit_of_gelu_itself_is_alive() -> None:
    values = np.array([[0.01, np.nextafter(np.float32(0.01), np.float32(0)), -0.009]], np.float32)
    assert dead(values[:, :, None], GELU) == pytest.approx(2 / 3)
