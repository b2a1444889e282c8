"""Where a series of the manifest lies: which column of which block, in the order of the numbering."""

from __future__ import annotations

import numpy as np

from normscope.core.manifest import Manifest

EVALUATION = ("validation_loss", "validation_accuracy")


class Layout:
    """Columns of the series that are measured at every step, and of those measured at evaluations.

    Attributes:
        step_series: ids, elapsed_seconds first, then those of each replicate, int64.
        step_names: of one replicate's columns: ``statistic`` or ``statistic@layer``.
        evaluation_series: ids, validation loss and accuracy of each replicate, int64.
        boundary_series: ids, by arm.
        vector_series: ids of (arm, layer) -> p15, p50, p85, histogram.
    """

    def __init__(self, manifest: Manifest) -> None:
        scalars = [series for series in manifest.series if not series.vector]
        every_step = [series for series in scalars if series.statistic not in EVALUATION]
        self.step_series = np.array([series.id for series in every_step], np.int64)
        self.evaluation_series = np.array([s.id for s in scalars if s.statistic in EVALUATION], np.int64)
        self._width = (len(every_step) - 1) // (len(manifest.arms) * len(manifest.seeds))
        self.step_names = [
            series.statistic if series.layer is None else f"{series.statistic}@{series.layer}"
            for series in every_step[1 : 1 + self._width]
        ]
        self.boundary_series = {s.arm: s.id for s in manifest.series if s.statistic == "boundary"}
        self.vector_series: dict[tuple[int, int], list[int]] = {}
        for series in manifest.series:
            if series.vector and series.arm is not None and series.layer is not None:
                self.vector_series.setdefault((series.arm, series.layer), []).append(series.id)

    def step_columns(self, replicate: int) -> slice:
        """The columns of a replicate among ``step_series``."""
        start = 1 + replicate * self._width
        return slice(start, start + self._width)
