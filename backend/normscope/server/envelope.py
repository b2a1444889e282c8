"""Fewer points for the same picture: merge neighbours, keep every spike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from normscope.core.telemetry import Points

LEAST = 100


@dataclass(frozen=True, slots=True)
class Window:
    """What a viewer wants to see. None: all series; from the first step; to the last."""

    points: int
    """Of each series, at most."""
    from_step: int | None = None
    to_step: int | None = None
    series: tuple[int, ...] | None = None
    total: int | None = None
    """Of all series together, at most; but never fewer than ``LEAST`` of each."""


def envelope(points: Points, window: Window) -> Points:
    """At most ``window.points`` points of each series, sorted by series, then step.

    A series with more is cut into that many equal ranges of steps; a range's points become one with its last step, the
    lowest low, the highest high and the mean weighted by the points' windows. Low and high pass over NaN while there is
    something finite, the mean does not: a range in which a value was not finite has a mean that is not finite.

    Args:
        points: sorted by series, then step; points whose window touches the wanted steps are kept.
    """
    step = points.step.astype(np.int64)
    width = _widths(step, points.series)
    keep = _wanted(points.series, window)
    if window.from_step is not None:
        keep &= step >= window.from_step
    if window.to_step is not None:
        keep &= step - width < window.to_step
    if not keep.any():
        return points.take(slice(0))
    step, width, series = step[keep], width[keep], points.series[keep]
    starts = _group_starts(step, series, _shared(window, series))
    ends = np.append(starts[1:], len(step)) - 1
    weight = width.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        value = np.add.reduceat(points.value[keep] * weight, starts) / np.add.reduceat(weight, starts)
        return Points(
            step[ends].astype(np.uint32),
            series[starts],
            value.astype(np.float32),
            np.fmin.reduceat(points.low[keep], starts),
            np.fmax.reduceat(points.high[keep], starts),
        )


def thin_out(vectors: pa.Table, window: Window) -> pa.Table:
    """At most ``window.points`` vectors of each series, evenly spaced, the last among them; none is changed.

    Args:
        vectors: columns of the vector schema, sorted by series, then step.
    """
    step = vectors.column("step").to_numpy().astype(np.int64)
    series = vectors.column("series").to_numpy()
    keep = _wanted(series, window)
    if window.from_step is not None:
        keep &= step >= window.from_step
    if window.to_step is not None:
        keep &= step <= window.to_step
    rows = np.flatnonzero(keep)
    if not len(rows):
        return vectors.slice(0, 0)
    starts, counts = _runs(series[rows])
    position = np.arange(len(rows)) - np.repeat(starts, counts)
    count = np.repeat(counts, counts)
    # Of n vectors the k kept are those where floor((i + 1) * k / n) grows: evenly spaced, and the last one always.
    grows = (position + 1) * window.points // count > position * window.points // count
    return vectors.take(pa.array(rows[grows | (count <= window.points)]))


def _shared(window: Window, series: np.ndarray[Any, Any]) -> Window:
    """``window`` with the points that each series may have when ``total`` is shared among them."""
    if window.total is None:
        return window
    count = 1 + int(np.count_nonzero(np.diff(series)))
    return replace(window, points=min(window.points, max(LEAST, window.total // count)))


def _wanted(series: np.ndarray[Any, Any], window: Window) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if window.series is None:
        return np.ones(len(series), dtype=np.bool_)
    return np.isin(series, np.array(window.series))


def _runs(series: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Where each series starts in a sorted column, and how many rows it has."""
    starts = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
    return starts, np.diff(np.append(starts, len(series)))


def _widths(step: np.ndarray[Any, Any], series: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Steps each point's window spans: back to the point before; a series' first is as wide as its second at most."""
    if not len(step):
        return step
    starts, counts = _runs(series)
    width = np.diff(step, prepend=0)
    second = np.minimum(starts + 1, len(step) - 1)
    width[starts] = np.where(counts > 1, np.minimum(step[starts], width[second]), step[starts])
    return np.maximum(width, 1)


def _group_starts(step: np.ndarray[Any, Any], series: np.ndarray[Any, Any], window: Window) -> np.ndarray[Any, Any]:
    """First row of each group of rows that become one point."""
    starts, counts = _runs(series)
    first = step.min() if window.from_step is None else window.from_step
    last = step.max() if window.to_step is None else window.to_step
    bucket = np.clip((step - first) * window.points // (last - first + 1), 0, window.points - 1)
    begins = np.append(True, (series[1:] != series[:-1]) | (bucket[1:] != bucket[:-1]))
    begins |= np.repeat(counts <= window.points, counts)
    begins[starts] = True
    return np.flatnonzero(begins)
