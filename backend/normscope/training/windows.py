"""Windows over every observation: bounded in number, and no spike hidden.

A series' windows hold one observation each at first; the length doubles each time the series has 1,000 points more.
So a million observations become some ten thousand points, each with the exact low and high of its window.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from normscope.core.telemetry import Points
from normscope.training.fold import fold

POINTS_BEFORE_DOUBLING = 1000
VECTORS_BEFORE_DOUBLING = 30

Rows = NDArray[np.float64]
"""[observations, columns]"""
Steps = NDArray[np.int64]


class Windows:
    """The windows of series that are observed together, one column for each.

    Low and high are those of the values that are numbers; a NaN makes the mean NaN. What is in a window does not depend
    on how the observations were cut into calls, to the last bit.
    """

    def __init__(self, series: NDArray[np.int64], points: int = POINTS_BEFORE_DOUBLING) -> None:
        self._series = series
        self._points = points
        self._observations = 0
        self._alive = np.ones(len(series), np.bool_)
        self._step = 0
        self._count = 0
        self._open = np.full((3, len(series)), np.nan)
        self._open[0] = 0.0

    def add(self, steps: Steps, rows: Rows) -> Points | None:
        """Take observations made after ``steps``; returns the windows that they close, if any."""
        if not len(steps):
            return None
        before, self._observations = self._observations, self._observations + len(steps)
        self._count, *columns = fold(
            self._series, self._alive, steps, rows, before, self._count, self._points, self._open
        )
        self._step = int(steps[-1])
        return Points(*columns) if len(columns[0]) else None

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        own = {"observations": self._observations, "step": self._step, "count": self._count}
        return own | {"open": torch.from_numpy(self._open.copy()), "alive": torch.from_numpy(self._alive.copy())}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self._observations, self._step, self._count = state["observations"], state["step"], state["count"]
        self._open = state["open"].numpy().copy()
        self._alive = state["alive"].numpy().copy()

    def cut(self) -> Points | None:
        """Close the open windows as they are, and go on with new ones."""
        closed = self.tail()
        self._count = 0
        self._open[0], self._open[1:] = 0.0, np.nan
        return closed

    def tail(self) -> Points | None:
        """The open windows so far."""
        return self._so_far(self._alive)

    def close(self, columns: slice = slice(None)) -> Points | None:
        """End the series of ``columns``: their open windows are closed as they are, and later values are ignored."""
        leaving = np.zeros_like(self._alive)
        leaving[columns] = self._alive[columns]
        self._alive &= ~leaving
        return self._so_far(leaving)

    def _so_far(self, mask: NDArray[np.bool_]) -> Points | None:
        if not self._count or not mask.any():
            return None
        series, (total, low, high) = self._series[mask], self._open[:, mask]
        with np.errstate(over="ignore"):
            return Points(
                step=np.full(len(series), self._step, np.uint32),
                series=series.astype(np.uint32),
                value=(total / self._count).astype(np.float32),
                low=low.astype(np.float32),
                high=high.astype(np.float32),
            )
