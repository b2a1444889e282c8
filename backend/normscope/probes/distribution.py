"""How the input to an activation is distributed: percentiles of each unit, and one histogram of the layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.compiled import compiled

LEVELS = (0.15, 0.50, 0.85)
"""Ioffe & Szegedy 2015, Fig. 1 (b, c)."""


@compiled
def percentiles(values: Any, out: Any) -> None:
    """The 15th, 50th and 85th percentile of each unit over the minibatch, linear between neighbours.

    A unit with a NaN has NaN percentiles.

    Args:
        values: float32 [batch, units].
        out: float32 [3, units], written.
    """
    batch, units = values.shape
    column = np.empty(batch, np.float32)
    for unit in range(units):
        valid = True
        for i in range(batch):
            column[i] = values[i, unit]
            valid = valid and column[i] == column[i]
        if not valid:
            out[:, unit] = np.nan
            continue
        column.sort()
        for level in range(len(LEVELS)):
            position = LEVELS[level] * (batch - 1)
            below = math.floor(position)
            share = position - below
            low = np.float64(column[below])
            high = np.float64(column[min(below + 1, batch - 1)])
            out[level, unit] = low if share == 0.0 or low == high else low + share * (high - low)


@compiled
def histogram(values: Any, out: Any) -> None:
    """Counts of the finite values, pooled over batch and units, in equal bins between their least and greatest.

    All values equal: the range is widened by 0.5 on both sides. None finite: a range of NaN and no counts.

    Args:
        values: float32 [batch, units].
        out: float32 [2 + bins], written: low, high, counts.
    """
    flat = values.reshape(-1)
    low, high = np.float32(np.inf), np.float32(-np.inf)
    for i in range(flat.size):
        if np.isfinite(flat[i]):
            low, high = min(low, flat[i]), max(high, flat[i])
    out[:] = 0.0
    if low > high:
        out[0] = out[1] = np.nan
        return
    if low == high:
        low, high = low - np.float32(0.5), high + np.float32(0.5)
    out[0], out[1] = low, high
    counts = np.zeros(out.size - 2, np.int64)
    scale = counts.size / (np.float64(high) - np.float64(low))
    for i in range(flat.size):
        if np.isfinite(flat[i]):
            position = int((np.float64(flat[i]) - np.float64(low)) * scale)
            counts[min(max(position, 0), counts.size - 1)] += 1
    out[2:] = counts
