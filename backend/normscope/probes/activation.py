"""What happens at an activation: mean and variance of its input or output, and how much of it is saturated or dead."""

from __future__ import annotations

from typing import Any

import numpy as np

from normscope.probes.compiled import compiled

SIGMOID, TANH, RELU, GELU = 0, 1, 2, 3
CODES = {"sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "gelu": GELU}
SMALLEST = np.finfo(np.float32).smallest_subnormal
"""The least positive number: only zero is smaller."""


@compiled
def mean_variance(values: Any) -> tuple[float, float]:
    """Mean and biased variance of all values, over batch, units and positions; two passes, accumulated in float64.

    Args:
        values: float32, of any shape.
    """
    flat = values.reshape(-1)
    total = 0.0
    for i in range(flat.size):
        total += np.float64(flat[i])
    mean = total / flat.size
    squares = 0.0
    for i in range(flat.size):
        deviation = np.float64(flat[i]) - mean
        squares += deviation * deviation
    return mean, squares / flat.size


@compiled
def saturated(output: Any, activation: int) -> float:
    """Fraction of outputs close to an end of the range: sigmoid |s - 0.5| > 0.45, tanh |t| > 0.95. NaN is not.

    Args:
        output: float32, of any shape, after the activation.
    """
    centre = np.float32(0.5) if activation == SIGMOID else np.float32(0.0)
    limit = np.float32(0.45) if activation == SIGMOID else np.float32(0.95)
    flat = output.reshape(-1)
    count = 0
    for i in range(flat.size):
        count += abs(flat[i] - centre) > limit
    share: float = count / flat.size
    return share


@compiled
def dead(output: Any, activation: int) -> float:
    """Fraction of units silent for the whole batch, at all positions.

    Silent: output exactly 0 (ReLU), |output| < 0.01 (GELU). NaN is not silent.

    Args:
        output: float32 [batch, units, positions], after the activation.
    """
    batch, units, positions = output.shape
    silent = np.ones(units, np.bool_)
    limit = SMALLEST if activation == RELU else np.float32(0.01)
    if positions == 1:
        flat = output.reshape(batch, units)
        for i in range(batch):
            for j in range(units):
                silent[j] &= abs(flat[i, j]) < limit
    else:
        for j in range(units):
            silent[j] = _silent(output, j, limit)
    share: float = silent.sum() / units
    return share


@compiled
def _silent(output: Any, unit: int, limit: Any) -> bool:
    """Whether ``unit`` is silent; looks no further than the first example in which it is not."""
    for i in range(output.shape[0]):
        loud = 0
        for k in range(output.shape[2]):
            loud += not abs(output[i, unit, k]) < limit
        if loud:
            return False
    return True
