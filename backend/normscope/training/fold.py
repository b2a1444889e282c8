"""What becomes of rows of observations: compiled, and in order, so that a window's mean has the same bits however the
rows were cut into blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from normscope.probes.compiled import compiled_in_order, shared


@shared
def window_length(observation: int, points: int) -> int:
    """Observations in the window of the n-th (1, 2, ...); windows double every ``points`` of them.

    Windows of length 2^k begin after observation points * (2^k - 1).
    """
    length = 1
    while 2 * length <= (observation - 1) // points + 1:
        length *= 2
    return length


@shared
def ends_window(observation: int, points: int) -> bool:
    """Whether the n-th observation (1, 2, ...) is the last of its window, as in ``window_length``."""
    length = window_length(observation, points)
    return (observation - points * (length - 1)) % length == 0


@compiled_in_order
def fold(
    series: Any, alive: Any, steps: Any, rows: Any, before: int, count: int, points: int, open_window: Any
) -> tuple[int, Any, Any, Any, Any, Any]:
    """Add ``rows`` to the open window, and close each window that they end.

    Low and high are those of the values that are numbers: a NaN makes the total NaN, and nothing else.

    Args:
        series: int64 [columns], the series' ids, ascending.
        alive: bool [columns], those that have not ended; of the others no window is told.
        steps: int64 [observations].
        rows: float64 [observations, columns].
        before: observations made before these.
        count: of them in the open window.
        points: as in ``window_length``.
        open_window: float64 [3, columns], total, low and high so far; written. Fresh: 0, NaN, NaN.

    Returns:
        The observations that are now in the open window, and of the windows that were closed, sorted by series, then
        step: their last step, series, mean, low and high, uint32 and float32 [windows * series alive].
    """
    windows, living = 0, 0
    for i in range(len(steps)):
        windows += ends_window(before + 1 + i, points)
    for j in range(len(series)):
        living += alive[j]
    size = windows * living
    step, of = np.empty(size, np.uint32), np.empty(size, np.uint32)
    mean, lowest, highest = np.empty(size, np.float32), np.empty(size, np.float32), np.empty(size, np.float32)
    total, low, high = open_window[0], open_window[1], open_window[2]
    window = 0
    for i in range(len(steps)):
        for j in range(len(series)):
            value = rows[i, j]
            total[j] += value
            if value < low[j] or low[j] != low[j]:
                low[j] = value
            if value > high[j] or high[j] != high[j]:
                high[j] = value
        count += 1
        if ends_window(before + 1 + i, points):
            place = window
            for j in range(len(series)):
                if alive[j]:
                    step[place], of[place] = steps[i], series[j]
                    mean[place], lowest[place], highest[place] = total[j] / count, low[j], high[j]
                    place += windows
            window += 1
            count = 0
            total[:] = 0.0
            low[:] = np.nan
            high[:] = np.nan
    return count, step, of, mean, lowest, highest


@compiled_in_order
def keep_last_finite(rows: Any, first: int, stop: int, last: Any) -> None:
    """Write the last finite value of the columns ``first`` to ``stop`` - 1 of ``rows``, float64 [observations,
    columns], to ``last`` [columns]; where there is none it stays."""
    for j in range(first, stop):
        for i in range(len(rows) - 1, -1, -1):
            if np.isfinite(rows[i, j]):
                last[j] = rows[i, j]
                break
