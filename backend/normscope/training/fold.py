"""Folds rows of observations into windows: compiled, and in order, so that a window's mean has the same bits however
the rows were cut into blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from normscope.probes.compiled import compiled_in_order


@compiled_in_order
def fold(rows: Any, ends: Any, open_window: Any, closed: Any) -> None:
    """Add ``rows`` to the open window, and write each window that they end to ``closed``.

    Low and high are those of the values that are numbers: a NaN makes the total NaN, and nothing else.

    Args:
        rows: float64 [observations, columns].
        ends: bool [observations], whether the observation is the last of its window.
        open_window: float64 [3, columns], total, low and high so far; written. Fresh: 0, NaN, NaN.
        closed: float64 [windows, 3, columns], written.
    """
    total, low, high = open_window[0], open_window[1], open_window[2]
    window = 0
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            value = rows[i, j]
            total[j] += value
            if value < low[j] or low[j] != low[j]:
                low[j] = value
            if value > high[j] or high[j] != high[j]:
                high[j] = value
        if ends[i]:
            closed[window] = open_window
            window += 1
            total[:] = 0.0
            low[:] = np.nan
            high[:] = np.nan
