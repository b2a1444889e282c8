"""When the boundaries of a toy set are measured, and on which part of the plane."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import torch

from normscope.core.manifest import Plane, has_boundary
from normscope.core.spec import RunSpec
from normscope.core.statistics import BOUNDARY_CELLS
from normscope.probes.boundary import boundary, grid
from normscope.training.readings import Readings
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from normscope.training.splits import DataSet
from normscope.training.vectors import Bundle, is_kept

MARGIN = 1.1
"""How much wider the plane is than the training examples."""
SHOWN = 300
"""Training examples in the manifest at most."""


def plane_of(spec: RunSpec, data: DataSet) -> Plane | None:
    """The square around the training examples, centred on the origin; None where no boundary is measured."""
    if not has_boundary(spec):
        return None
    reach = math.ceil(10 * MARGIN * float(abs(data.train.x).max())) / 10
    x, y = data.train.x[:SHOWN].astype(float).round(4).T.tolist()
    classes = data.train.y[:SHOWN].tolist()
    return Plane(low=-reach, high=reach, cells=BOUNDARY_CELLS, x=tuple(x), y=tuple(y), classes=tuple(classes))


class Boundaries:
    """Hands the boundary of each network of the first seed on, on the schedule of the spec."""

    def __init__(self, recorder: Recorder, readings: Readings, device: torch.device) -> None:
        plane = recorder.plane
        self._recorder = recorder
        self._readings = readings
        self._points = None if plane is None else grid(plane.low, plane.high, plane.cells).to(device)

    def observe(self, step: int, replicates: Iterable[Replicate]) -> None:
        """Measure what ``step`` has made of the networks, where it is due."""
        pace = self._recorder.pace
        if self._points is None or not is_kept(step, pace.every("boundary"), self._recorder.vectors.steps):
            return
        began = time.perf_counter()
        for replicate in replicates:
            if replicate.first_seed:
                series = self._recorder.layout.vector_id("boundary", replicate.arm)
                cells = boundary(replicate.model, self._points)
                self._readings.put(step, replicate, Bundle.of_one(series, cells), cells)
        pace.took("boundary", time.perf_counter() - began)
