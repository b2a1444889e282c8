"""Windows over every observation: bounded in number, and no spike hidden.

A series' windows hold one observation each at first; the length doubles each time the series has 1,000 points more.
So a million observations become some ten thousand points, each with the exact low and high of its window.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from normscope.core.telemetry import Points

POINTS_BEFORE_DOUBLING = 1000
VECTORS_BEFORE_DOUBLING = 30

Rows = NDArray[np.float64]
"""[observations, columns]"""
Steps = NDArray[np.int64]


def ends_window(observation: NDArray[np.int64], points: int) -> NDArray[np.bool_]:
    """Whether the n-th observation (1, 2, ...) is the last of its window, windows doubling every ``points`` points.

    Windows of length 2^k begin after observation points * (2^k - 1).
    """
    _, exponent = np.frexp((observation - 1) // points + 1)
    length = np.left_shift(1, exponent.astype(np.int64) - 1)
    ends: NDArray[np.bool_] = (observation - points * (length - 1)) % length == 0
    return ends


class Windows:
    """The windows of series that are observed together, one column for each.

    Low and high are those of the values that are numbers; a NaN makes the mean NaN.
    """

    def __init__(self, series: NDArray[np.int64], points: int = POINTS_BEFORE_DOUBLING) -> None:
        self._series = series
        self._points = points
        self._observations = 0
        self._alive = np.ones(len(series), np.bool_)
        self._count = 0
        self._step = 0
        self._total = np.zeros(len(series))
        self._low = np.full(len(series), np.nan)
        self._high = np.full(len(series), np.nan)

    def add(self, steps: Steps, rows: Rows) -> Points | None:
        """Take observations made after ``steps``; returns the windows that they close, if any."""
        if not len(steps):
            return None
        numbers = np.arange(self._observations + 1, self._observations + 1 + len(steps))
        ends = np.flatnonzero(ends_window(numbers, self._points))
        self._observations += len(steps)
        starts = np.concatenate([np.zeros(1, np.int64), ends + 1])
        is_open = starts[-1] < len(steps)
        if not is_open:
            starts = starts[:-1]
        counts = np.diff(np.append(starts, len(steps)))
        with np.errstate(invalid="ignore", over="ignore"):
            total = np.add.reduceat(rows, starts, axis=0)
            low = np.fmin.reduceat(rows, starts, axis=0)
            high = np.fmax.reduceat(rows, starts, axis=0)
            if self._count:
                counts[0] += self._count
                total[0] += self._total
                low[0] = np.fmin(low[0], self._low)
                high[0] = np.fmax(high[0], self._high)
        self._count = int(counts[-1]) if is_open else 0
        self._step = int(steps[-1])
        self._total, self._low, self._high = total[-1].copy(), low[-1].copy(), high[-1].copy()
        closed = len(ends)
        if not closed:
            return None
        return _points(
            steps[ends], self._series, counts[:closed], total[:closed], low[:closed], high[:closed], self._alive
        )

    def tail(self) -> Points | None:
        """The open windows so far."""
        if not self._count or not self._alive.any():
            return None
        return self._open(self._alive)

    def close(self, columns: slice = slice(None)) -> Points | None:
        """End the series of ``columns``: their open windows are closed as they are, and later values are ignored."""
        leaving = np.zeros_like(self._alive)
        leaving[columns] = self._alive[columns]
        self._alive &= ~leaving
        if not self._count or not leaving.any():
            return None
        return self._open(leaving)

    def _open(self, mask: NDArray[np.bool_]) -> Points:
        one = np.array([self._step]), np.array([self._count])
        return _points(one[0], self._series, one[1], self._total[None], self._low[None], self._high[None], mask)


def _points(steps: Steps, series: Any, counts: Any, total: Rows, low: Rows, high: Rows, mask: Any) -> Points:
    """Columns sorted by series, then step; arrays [windows, columns] in, only the columns of ``mask``."""
    series = series[mask]
    with np.errstate(invalid="ignore", over="ignore"):
        return Points(
            step=np.tile(steps.astype(np.uint32), len(series)),
            series=np.repeat(series.astype(np.uint32), len(steps)),
            value=(total[:, mask] / counts[:, None]).T.astype(np.float32).ravel(),
            low=low[:, mask].T.astype(np.float32).ravel(),
            high=high[:, mask].T.astype(np.float32).ravel(),
        )
