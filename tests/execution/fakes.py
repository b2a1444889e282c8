"""A trainer that obeys the same seam as the real one, and does nothing but count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from normscope.core.control import Control, Keeper, Sink
from normscope.core.events import ManifestEvent
from normscope.core.manifest import build_manifest
from normscope.core.record import Progress
from normscope.core.spec import AnyDataSetSpec, RunSpec
from normscope.core.telemetry import Emission, Points
from normscope.training.checkpoint import Again
from normscope.training.fork import Fork
from normscope.training.splits import DataSet, Split

STEP_SECONDS = 0.002


def points_of(step: int) -> Points:
    """One window of one series that ends with ``step`` and holds its number."""
    value = np.array([step], np.float32)
    return Points(np.array([step], np.uint32), np.zeros(1, np.uint32), value, value, value)


def load(
    dataset: AnyDataSetSpec, directory: Path, *, cache: Path, download: bool, report: Callable[[float], None]
) -> DataSet:
    """Ten examples of nothing."""
    split = Split(np.zeros((10, 2), np.float32), np.zeros(10, np.int64))
    return DataSet(dataset.kind, 10, split, split, split)


class FakeTraining:
    """``train`` emits a point for each step. ``at`` maps a step to what happens right after it."""

    def __init__(self, at: dict[int, Callable[[], None]] | None = None, step_seconds: float = STEP_SECONDS) -> None:
        self.at = at or {}
        self.step_seconds = step_seconds
        self.step = 0
        self.learning_rates: list[tuple[float, int | None]] = []
        self.caps: list[float | None] = []
        self.began = threading.Event()

    extra_steps = 0

    def show(self) -> None:
        """Everything is emitted at once."""

    def keep(self) -> None:
        """Nothing to keep."""

    def extend(self, steps: int) -> None:
        self.extra_steps += steps

    def set_learning_rate(self, value: float, arm: int | None) -> None:
        self.learning_rates.append((value, arm))

    def cap(self, steps_per_second: float | None) -> None:
        self.caps.append(steps_per_second)

    def __call__(
        self,
        spec: RunSpec,
        data: DataSet,
        *,
        sink: Sink,
        control: Control,
        keeper: Keeper,
        again: Again | None,
        fork: Fork | None,
    ) -> Literal["finished", "stopped"]:
        manifest = ManifestEvent(manifest=build_manifest(spec, data.classes, 100), fairness={"fair": True})
        sink.emit(Emission(time.time(), Progress(), events=(manifest,)))
        self.began.set()
        for step in range(1, spec.steps + 1):
            if control.pending and not control.obey(self.step, self, between=True):
                return "stopped"
            time.sleep(self.step_seconds)
            self.step = step
            if step in self.at:
                self.at[step]()
            tail = None if step == spec.steps else points_of(step + 1)
            sink.emit(Emission(time.time(), Progress(step=step, phase="training"), points=points_of(step), tail=tail))
        return "finished"
