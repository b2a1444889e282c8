"""Where a series of the manifest lies: which column of which block, in the order of the numbering."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normscope.core.manifest import Manifest, Series
from normscope.core.statistics import Schedule, Statistic


class Columns:
    """The scalar series of one schedule, a column each: replicate by replicate, those of the whole run first or last.

    Attributes:
        series: their ids, int64.
        names: of each column, ``statistic`` or ``statistic@layer``.
    """

    def __init__(self, members: Sequence[Series], manifest: Manifest) -> None:
        self.series = np.array([series.id for series in members], np.int64)
        self.names = [s.statistic if s.layer is None else f"{s.statistic}@{s.layer}" for s in members]
        owners = [(series.arm, series.seed) for series in members]
        self._slices: list[slice] = []
        for arm in range(len(manifest.arms)):
            for seed in manifest.seeds:
                own = (arm, seed)
                start = owners.index(own) if own in owners else 0
                self._slices.append(slice(start, start + owners.count(own)))

    def of(self, replicate: int) -> slice:
        """The columns of a replicate."""
        return self._slices[replicate]

    def names_of(self, replicate: int) -> list[str]:
        """The names of a replicate's columns."""
        return self.names[self._slices[replicate]]


class Layout:
    """Columns of the scalar series, by schedule, and the numbers of the vectors.

    Attributes:
        step: what is measured at every step.
        scheduled: what is measured together at some steps.
    """

    def __init__(self, manifest: Manifest) -> None:
        members: dict[Schedule, list[Series]] = {"step": []}
        self._vectors: dict[tuple[Statistic, int | None, int | None], int] = {}
        for series in manifest.series:
            if series.vector:
                self._vectors[series.statistic, series.arm, series.layer] = series.id
            else:
                members.setdefault(series.schedule, []).append(series)
        columns = {schedule: Columns(series, manifest) for schedule, series in members.items()}
        self.step = columns.pop("step")
        self.scheduled = columns

    def vector_id(self, statistic: Statistic, arm: int, layer: int | None = None) -> int:
        """The number of a vector series."""
        return self._vectors[statistic, arm, layer]
