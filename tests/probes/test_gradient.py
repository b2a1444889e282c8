"""A gradient's norm, against exact arithmetic."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from numpy.typing import NDArray

from normscope.probes.gradient import norm
from tests.probes.strategies import ANY, matrices


@given(matrices(ANY))
def test_norm_is_that_of_exact_arithmetic(gradient: NDArray[np.float32]) -> None:
    expected = math.hypot(*(float(v) for v in gradient.ravel()))
    got = norm(gradient)
    if np.isnan(gradient).any():
        assert math.isnan(got)
    elif np.isinf(gradient).any():
        assert got == math.inf
    else:
        assert math.isclose(got, expected, rel_tol=1e-12)
