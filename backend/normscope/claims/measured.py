"""What was measured in an ended run, by name: the only thing that evidence is made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normscope.core.events import Event, ReplicateEndedEvent
from normscope.core.manifest import Manifest
from normscope.core.record import Metric
from normscope.core.spec import RunSpec
from normscope.core.statistics import Statistic
from normscope.core.telemetry import Points, Vectors


@dataclass(frozen=True, slots=True)
class Curve:
    """A series: at ``step`` (ascending) the mean, least and greatest value of the window that ends there."""

    step: NDArray[np.int64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.step)

    @property
    def last(self) -> float:
        """The newest value; NaN where there is none."""
        return float(self.value[-1]) if len(self.value) else float("nan")

    def after(self, step: int) -> Curve:
        """What was observed after ``step``."""
        first = int(np.searchsorted(self.step, step, side="right"))
        return Curve(self.step[first:], self.value[first:], self.low[first:], self.high[first:])


class MeasuredRun:
    """One ended run. Arms go by their names, seeds by themselves, layers from 1.

    Args:
        points: all closed windows, sorted by series, then step.
        vectors: all vectors, sorted by series, then step.
        events: those of the stream that still count.
    """

    def __init__(
        self, spec: RunSpec, manifest: Manifest, points: Points, vectors: Vectors, events: Iterable[Event]
    ) -> None:
        self.spec = spec
        self.manifest = manifest
        self._points = points
        self._vectors = vectors
        self._arms = {name: index for index, name in enumerate(manifest.arms)}
        self._ids = {(s.statistic, s.arm, s.seed, s.layer): s.id for s in manifest.series}
        self._final = {(e.arm, e.seed): e.final for e in events if isinstance(e, ReplicateEndedEvent)}

    def curve(self, statistic: Statistic, arm: str, seed: int, layer: int | None = None) -> Curve:
        """A scalar series; empty before its first point. Raises KeyError: there is none."""
        rows = self._rows(self._points.series, self._id(statistic, arm, seed, layer))
        found = (getattr(self._points, name)[rows] for name in ("value", "low", "high"))
        return Curve(self._points.step[rows].astype(np.int64), *(column.astype(np.float64) for column in found))

    def vectors(
        self, statistic: Statistic, arm: str, layer: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps [n] and rows [n, length] of a vector series of the first seed. Raises KeyError."""
        seed = self.manifest.seeds[0]
        rows = self._rows(self._vectors.series, self._id(statistic, arm, seed, layer))
        values = [np.asarray(row, np.float64) for row in self._vectors.value[rows]]
        return self._vectors.step[rows].astype(np.int64), np.stack(values) if values else np.zeros((0, 0))

    def final(self, metric: Metric, arm: str, seed: int) -> float:
        """A replicate's last value of ``metric``; NaN where it left before that was measured."""
        return self._final.get((self._arms[arm], seed), {}).get(metric, float("nan"))

    def _id(self, statistic: Statistic, arm: str, seed: int, layer: int | None) -> int:
        return self._ids[statistic, self._arms[arm], seed, layer]

    @staticmethod
    def _rows(series: NDArray[np.generic], wanted: int) -> slice:
        return slice(int(np.searchsorted(series, wanted)), int(np.searchsorted(series, wanted, side="right")))
