"""A norm in few numbers: gamma and beta over its units, and how far the minibatch is from running statistics."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.activation import mean_variance
from normscope.probes.compiled import compiled


@compiled
def mean_spread(values: Any) -> tuple[float, float]:
    """Mean and biased standard deviation over units.

    Args:
        values: float32 [units]: gamma or beta.
    """
    mean, variance = mean_variance(values)
    return mean, math.sqrt(variance)


@compiled
def gaps(mean: Any, variance: Any, running_mean: Any, running_variance: Any, epsilon: float) -> tuple[float, float]:
    """How far a minibatch's statistics are from the running ones, over all units.

    ``sqrt(mean((mean - running_mean)^2 / (running_variance + epsilon)))``: root of the mean square of the shift that
    evaluation mode sees, in its own standard deviations; and ``mean(|ln((variance + epsilon) / (running_variance +
    epsilon))|)``: of e.g. 0.1 the variances differ by some 10 %, whichever is larger.

    Args:
        mean: float64 [units], of the norm's input over minibatch and positions.
        variance: float64 [units], biased.
        running_mean: float32 [units].
        running_variance: float32 [units].
        epsilon: of the norm.
    """
    units = mean.size
    shifts, ratios = 0.0, 0.0
    for j in range(units):
        expected = np.float64(running_variance[j]) + epsilon
        shift = mean[j] - np.float64(running_mean[j])
        shifts += shift * shift / expected
        ratios += abs(math.log((variance[j] + epsilon) / expected))
    return math.sqrt(shifts / units), ratios / units
