"""Vector series: which observations are kept, and those not yet emitted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from normscope.core.spec import RunSpec
from normscope.core.telemetry import Vectors
from normscope.training.pace import Pace
from normscope.training.windows import VECTORS_BEFORE_DOUBLING, ends_window


def is_kept(step: int, every: int, steps: int) -> bool:
    """Whether a vector that could be observed every ``every`` steps (0: never) is observed at ``step``.

    A vector's window keeps its last observation, so only that one is measured. Windows double every 30 vectors; the
    last of ``steps`` always ends one.
    """
    if not every:
        return False
    if step == steps:
        return True
    return step % every == 0 and bool(ends_window(np.array([step // every]), VECTORS_BEFORE_DOUBLING)[0])


class VectorBuffer:
    """Vectors until the next emission."""

    def __init__(self, spec: RunSpec, pace: Pace) -> None:
        self._pace = pace
        self.steps = spec.steps
        """After which the run ends."""
        self._rows: list[tuple[int, int, NDArray[np.float32]]] = []

    def due(self, step: int) -> bool:
        """Whether the vectors of ``step`` are kept."""
        return is_kept(step, self._pace.every("distributions"), self.steps)

    def put(self, step: int, series: int, vector: NDArray[np.float32]) -> None:
        """Take one vector of ``series``."""
        self._rows.append((series, step, vector))

    def take(self) -> Vectors | None:
        """What was added since the last call, sorted by series, then step."""
        if not self._rows:
            return None
        rows = sorted(self._rows, key=lambda row: row[:2])
        self._rows = []
        return Vectors(
            step=np.array([row[1] for row in rows], np.uint32),
            series=np.array([row[0] for row in rows], np.uint32),
            value=tuple(row[2] for row in rows),
        )
