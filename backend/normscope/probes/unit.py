"""Each unit by itself: mean, variance and saturation of one unit or channel over minibatch and positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from normscope.probes.activation import RELU, SIGMOID, SMALLEST, TANH
from normscope.probes.compiled import compiled


@compiled
def unit_moments(values: Any, mean: Any, variance: Any) -> None:
    """Mean and biased variance of each unit over minibatch and positions; two passes, accumulated in float64.

    These are the statistics by which BatchNorm normalises the minibatch.

    Args:
        values: float32 [batch, units, positions].
        mean: float64 [units], written.
        variance: float64 [units], written.
    """
    batch, units, positions = values.shape
    mean[:] = 0.0
    variance[:] = 0.0
    if positions == 1:
        flat = values.reshape(batch, units)
        for i in range(batch):
            for j in range(units):
                mean[j] += np.float64(flat[i, j])
        for j in range(units):
            mean[j] /= batch
        for i in range(batch):
            for j in range(units):
                deviation = np.float64(flat[i, j]) - mean[j]
                variance[j] += deviation * deviation
    else:
        for i in range(batch):
            for j in range(units):
                total = 0.0
                for k in range(positions):
                    total += np.float64(values[i, j, k])
                mean[j] += total
        for j in range(units):
            mean[j] /= batch * positions
        for i in range(batch):
            for j in range(units):
                centre, squares = mean[j], 0.0
                for k in range(positions):
                    deviation = np.float64(values[i, j, k]) - centre
                    squares += deviation * deviation
                variance[j] += squares
    for j in range(units):
        variance[j] /= batch * positions


@compiled
def unit_saturation(output: Any, activation: int, out: Any) -> None:
    """Share of minibatch and positions for which each unit is near an end of its range, or silent.

    Limits are those of ``activation.saturated`` (sigmoid, tanh) and ``activation.dead`` (ReLU, GELU). NaN is neither.

    Args:
        output: float32 [batch, units, positions], after the activation.
        out: float32 [units], written.
    """
    batch, units, positions = output.shape
    both_ends = activation in (SIGMOID, TANH)
    centre = np.float32(0.5) if activation == SIGMOID else np.float32(0.0)
    limit = np.float32(0.45) if activation == SIGMOID else np.float32(0.95)
    silence = SMALLEST if activation == RELU else np.float32(0.01)
    hits = np.zeros(units, np.int64)
    if positions == 1:
        flat = output.reshape(batch, units)
        for i in range(batch):
            for j in range(units):
                value = flat[i, j]
                hits[j] += abs(value - centre) > limit if both_ends else abs(value) < silence
    else:
        for i in range(batch):
            for j in range(units):
                count = 0
                for k in range(positions):
                    value = output[i, j, k]
                    count += abs(value - centre) > limit if both_ends else abs(value) < silence
                hits[j] += count
    for j in range(units):
        out[j] = hits[j] / (batch * positions)
