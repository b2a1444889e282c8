"""Vector series: which observations are kept, and those not yet emitted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normscope.core.spec import RunSpec
from normscope.core.telemetry import Vectors
from normscope.training.fold import ends_window
from normscope.training.pace import Pace
from normscope.training.windows import VECTORS_BEFORE_DOUBLING


def is_kept(step: int, every: int, steps: int) -> bool:
    """Whether a vector that could be observed every ``every`` steps (0: never) is observed at ``step``.

    A vector's window keeps its last observation, so only that one is measured. Windows double every 30 vectors; the
    last of ``steps`` always ends one.
    """
    if not every:
        return False
    if step == steps:
        return True
    return step % every == 0 and ends_window(step // every, VECTORS_BEFORE_DOUBLING)


@dataclass(frozen=True)
class Bundle:
    """Vector series that are observed together, one after the other in one array."""

    series: tuple[int, ...]
    lengths: tuple[int, ...]

    @classmethod
    def of_one(cls, series: int, vector: Sized) -> Bundle:
        """A vector by itself."""
        return cls((series,), (len(vector),))


class VectorBuffer:
    """Vectors until the next emission."""

    def __init__(self, spec: RunSpec, pace: Pace) -> None:
        self._pace = pace
        self.steps = spec.steps
        """After which the run ends."""
        self._observed: dict[Bundle, list[tuple[int, NDArray[np.float32]]]] = {}

    def due(self, step: int) -> bool:
        """Whether the vectors of ``step`` are kept."""
        return is_kept(step, self._pace.every("distributions"), self.steps)

    def put(self, step: int, bundle: Bundle, values: NDArray[np.float32]) -> None:
        """Take the vectors of ``bundle``."""
        self._observed.setdefault(bundle, []).append((step, values))

    def take(self) -> Vectors | None:
        """What was added since the last call, sorted by series, then step."""
        if not self._observed:
            return None
        parts: list[tuple[int, list[int], Iterable[NDArray[np.float32]]]] = []
        for bundle, observations in self._observed.items():
            steps = [step for step, _ in observations]
            columns = np.split(np.stack([values for _, values in observations]), np.cumsum(bundle.lengths)[:-1], axis=1)
            parts += zip(bundle.series, itertools.repeat(steps), columns)
        self._observed = {}
        parts.sort(key=lambda part: part[:2])
        return Vectors(
            step=np.concatenate([np.array(steps, np.uint32) for _, steps, _ in parts]),
            series=np.repeat(np.array([part[0] for part in parts], np.uint32), [len(steps) for _, steps, _ in parts]),
            value=tuple(itertools.chain.from_iterable(rows for *_, rows in parts)),
        )
