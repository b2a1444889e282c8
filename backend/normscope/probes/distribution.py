"""How the input to an activation is distributed: percentiles of each unit, and one histogram of the layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.compiled import compiled

LEVELS = (0.15, 0.50, 0.85)
"""Ioffe & Szegedy 2015, Fig. 1 (b, c)."""
SORTED = 256
"""Up to so many values a unit's are sorted; of more, only the ranks that are asked for are found."""


@compiled
def percentiles(values: Any, out: Any) -> None:
    """The 15th, 50th and 85th percentile of each unit over minibatch and positions, linear between neighbours.

    A unit with a NaN has NaN percentiles.

    Args:
        values: float32 [batch, units, positions].
        out: float32 [3, units], written.
    """
    batch, units, positions = values.shape
    size = batch * positions
    column = np.empty(size, np.float32)
    for unit in range(units):
        valid = True
        for i in range(batch):
            for k in range(positions):
                value = values[i, unit, k]
                column[i * positions + k] = value
                valid = valid and value == value
        if not valid:
            out[:, unit] = np.nan
            continue
        if size <= SORTED:
            column.sort()
        start = 0
        for level in range(len(LEVELS)):
            position = LEVELS[level] * (size - 1)
            below = math.floor(position)
            above = min(below + 1, size - 1)
            share = position - below
            if size > SORTED:
                place(column, start, below)
                place(column, below, above)
                start = below
            low = np.float64(column[below])
            high = np.float64(column[above])
            out[level, unit] = low if share == 0.0 or low == high else low + share * (high - low)


@compiled
def place(values: Any, start: int, rank: int) -> None:
    """Reorder ``values[start:]`` so that ``values[rank]`` is what it were if sorted, nothing smaller behind it.

    Hoare 1961: on average a few looks at each value, where sorting takes log n. No value is NaN; all values before
    ``start`` are at most those behind it.
    """
    left, right = start, values.size - 1
    while left < right:
        pivot = values[(left + right) // 2]
        i, j = left, right
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            right = j
        elif rank >= i:
            left = i
        else:
            return


@compiled
def histogram(values: Any, out: Any) -> None:
    """Counts of the finite values, over batch, units and positions, in equal bins between their least and greatest.

    All values equal: the range is widened by 0.5 on both sides. None finite: a range of NaN and no counts.

    Args:
        values: float32, of any shape.
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
