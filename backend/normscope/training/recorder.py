"""Collects what the probes measure, closes windows, and emits: 21 times a second, at once after the first step."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from normscope.core.control import Sink
from normscope.core.events import Event
from normscope.core.manifest import Manifest
from normscope.core.spec import RunSpec
from normscope.core.statistics import CLOCK_EVERY, Schedule
from normscope.core.telemetry import Emission, Points, concat_points
from normscope.training.fold import keep_last_finite
from normscope.training.layout import Layout
from normscope.training.pace import Pace
from normscope.training.progress import Phase, ProgressMeter
from normscope.training.replicate import Replicate
from normscope.training.vectors import VectorBuffer
from normscope.training.windows import Windows

EMIT_SECONDS = 1 / 21
"""Viewers are promised 20 updates a second; one of them may come a step late."""
_BLOCK_VALUES = 1 << 20
_Part = tuple[slice, NDArray[np.float64] | float]
"""Columns of a row, and what belongs there."""


class Recorder:
    """Between the loop and the sink. Measurements go to ``block[row]``, one column for each series of every step."""

    def __init__(self, spec: RunSpec, manifest: Manifest, replicates: list[Replicate], sink: Sink) -> None:
        self.layout = Layout(manifest)
        self.plane = manifest.plane
        columns = len(self.layout.step.series)
        capacity = min(4096, max(8, _BLOCK_VALUES // columns))
        self.block = np.zeros((capacity, columns))
        self.row = 0
        self.pace = Pace(spec)
        self.vectors = VectorBuffer(spec, self.pace)
        self._steps = np.zeros(capacity, np.int64)
        self._every_step = Windows(self.layout.step.series)
        self._scheduled = {name: Windows(columns.series) for name, columns in self.layout.scheduled.items()}
        self._unfolded: dict[Schedule, list[tuple[int, list[_Part]]]] = {}
        """Steps and rows of schedules that are not in windows yet: many at once cost little more than one."""
        self._last_finite = np.full(columns, np.nan)
        self._previous = np.full(columns, np.nan)
        self._replicates = replicates
        self._closed: list[Points] = []
        self._events: list[Event] = []
        self._meter = ProgressMeter(spec, replicates)
        self._sink = sink
        self._due = 0.0
        self.step = 0
        self.observer_seconds = 0.0
        """Spent on measuring so far; the loop adds to it."""
        self.phase: Phase = "preparing"
        """What the loop is doing; the loop says so."""
        self._time = time.time()

    @property
    def elapsed(self) -> float:
        """Seconds since the first step began, pauses excluded."""
        return self._meter.elapsed()

    def start(self, *events: Event) -> None:
        """Emit the manifest, and with it what holds from the beginning; the clock of the first step starts."""
        self._events += events
        self.emit()
        self.phase = "training"
        self._meter.start()
        self._due = 0.0

    def take_up(self, event: Event, *, fresh: bool) -> None:
        """Emit that the run goes on; ``fresh``: from its beginning, so that the clock starts."""
        self._events.append(event)
        self.phase = "training"
        if fresh:
            self._meter.start()
        self.emit()
        self._due = 0.0

    def end_step(self, step: int, elapsed: float | None = None) -> None:
        """All replicates made ``step``, now or when so many seconds had elapsed; emit what is due."""
        self._time = time.time()
        self.step = step
        self.block[self.row, 0] = self._meter.elapsed() if elapsed is None else elapsed
        self._steps[self.row] = step
        self.row += 1
        if step == 1 or step % CLOCK_EVERY == 0:
            self._look_at_clock(step)
        if time.perf_counter() >= self._due:
            self.emit()
        elif self.row == len(self.block):
            self._fold()

    def evaluated(self, step: int, replicates: list[Replicate]) -> None:
        """Take the validation metrics of ``replicates``, measured after ``step``."""
        rows = {
            each.index: np.array([each.metrics["validation_loss"], each.metrics["validation_accuracy"]])
            for each in replicates
        }
        self.observed("evaluation", step, rows)
        self._meter.evaluated(step)

    def observed(self, schedule: Schedule, step: int, rows: Mapping[int, NDArray[np.float64]]) -> None:
        """Take what was measured together after ``step``: for each replicate its columns of ``schedule``, in order."""
        of = self.layout.scheduled[schedule].of
        parts: list[_Part] = [(of(replicate), values) for replicate, values in rows.items()]
        self._unfolded.setdefault(schedule, []).append((step, parts))

    def _look_at_clock(self, step: int) -> None:
        of = self.layout.scheduled["clock"].of
        parts: list[_Part] = [(of(each.index), each.seconds) for each in self._replicates if each.state == "running"]
        parts.append((slice(-1, None), self.observer_seconds))  # of the whole run: the last one numbered
        self._unfolded.setdefault("clock", []).append((step, parts))

    def keep_to_budget(self, step: int) -> None:
        """Widen a schedule after ``step`` where measuring takes more than the spec allows."""
        if step % CLOCK_EVERY == 0:
            training = sum(replicate.seconds for replicate in self._replicates)
            widened = self.pace.look(step, training, self.observer_seconds)
            if widened is not None:
                self.tell(widened)

    def tick(self) -> None:
        """Emit if it is due: called wherever something takes long."""
        if time.perf_counter() >= self._due:
            self.emit()

    def tell(self, event: Event) -> None:
        """Queue an event; it goes out with the next emission."""
        self._events.append(event)

    def exclude(self, seconds: float) -> None:
        """A pause took ``seconds``."""
        self._meter.exclude(seconds)

    def state(self) -> dict[str, Any]:
        """For a checkpoint, right after ``emit``: what was measured is either emitted or in an open window."""
        return {
            "step": self.step,
            "observer_seconds": self.observer_seconds,
            "pace": self.pace.state(),
            "every_step": self._every_step.state(),
            "scheduled": {name: windows.state() for name, windows in self._scheduled.items()},
            "last_finite": torch.from_numpy(self._last_finite.copy()),
            "previous": torch.from_numpy(self._previous.copy()),
            "meter": self._meter.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self.step = state["step"]
        self.observer_seconds = state["observer_seconds"]
        self.pace.load_state(state.get("pace", {}))
        self._every_step.load_state(state["every_step"])
        for name, windows in self._scheduled.items():
            windows.load_state(state["scheduled"][name])
        self._last_finite = state["last_finite"].numpy().copy()
        self._previous = state["previous"].numpy().copy()
        self._meter.load_state(state["meter"], self.step)
        self.vectors.steps = self._meter.steps

    def cut(self) -> None:
        """The run had ended and goes on: the windows that its end closed are closed, new ones begin."""
        self._fold()
        for windows in self._windows():
            self._keep(windows.cut())

    def end_at(self, step: int) -> None:
        """The run ends after ``step``."""
        self.vectors.steps = self._meter.steps = step

    def cap(self, steps_per_second: float | None) -> None:
        """The speed is limited."""
        self._meter.cap = steps_per_second

    def leave(self, replicate: Replicate) -> None:
        """``replicate`` made its last step: its open windows close."""
        self._fold()
        self._keep(self._every_step.close(self.layout.step.of(replicate.index)))
        for name, windows in self._scheduled.items():
            self._keep(windows.close(self.layout.scheduled[name].of(replicate.index)))

    def last_finite(self, replicate: Replicate) -> dict[str, float]:
        """Last finite value of each scalar statistic of ``replicate``; the row being written counts too."""
        columns = self.layout.step.of(replicate.index)
        keep_last_finite(self.block[: self.row + 1], columns.start, columns.stop, self._last_finite)
        values = self._last_finite[columns]
        names = self.layout.step.names_of(replicate.index)
        return {name: float(value) for name, value in zip(names, values, strict=True) if np.isfinite(value)}

    def before(self, replicate: Replicate, name: str) -> float:
        """The value of statistic ``name`` one step before the row being written; NaN before the first."""
        names = self.layout.step.names_of(replicate.index)
        if name not in names:
            return float("nan")
        column = self.layout.step.of(replicate.index).start + names.index(name)
        return float(self.block[self.row - 1, column] if self.row else self._previous[column])

    def finish(self) -> None:
        """Close all windows and emit the rest."""
        self._fold()
        for windows in self._windows():
            self._keep(windows.close())
        self.emit()

    def emit(self) -> None:
        """Hand everything measured so far to the sink."""
        self._fold()
        tails = [tail for windows in self._windows() if (tail := windows.tail()) is not None]
        emission = Emission(
            time=self._time,
            progress=self._meter.progress(self.step, self.phase),
            events=tuple(self._events),
            points=concat_points(self._closed) if self._closed else None,
            vectors=self.vectors.take(),
            tail=concat_points(tails) if tails else None,
        )
        self._closed, self._events = [], []
        self._sink.emit(emission)
        now = time.perf_counter()
        if now >= self._due:  # on a grid: a step that ends late does not put off all emissions after it
            following = self._due + EMIT_SECONDS
            self._due = following if following > now else now + EMIT_SECONDS

    def _windows(self) -> Iterator[Windows]:
        yield self._every_step
        yield from self._scheduled.values()

    def _fold(self) -> None:
        """Move the rows of the block, and those of schedules, into windows."""
        for schedule, observations in self._unfolded.items():
            steps = np.array([step for step, _ in observations])
            rows = np.full((len(steps), len(self.layout.scheduled[schedule].series)), np.nan)
            for row, (_, parts) in zip(rows, observations, strict=True):
                for columns, values in parts:
                    row[columns] = values
            self._keep(self._scheduled[schedule].add(steps, rows))
        self._unfolded.clear()
        if not self.row:
            return
        rows = self.block[: self.row]
        self._keep(self._every_step.add(self._steps[: self.row], rows))
        keep_last_finite(rows, 0, len(self._last_finite), self._last_finite)
        self._previous = rows[-1].copy()
        for replicate in self._replicates:
            if replicate.state == "running":
                start = self.layout.step.of(replicate.index).start
                replicate.metrics["train_loss"] = float(rows[-1, start])
                replicate.metrics["train_accuracy"] = float(rows[-1, start + 1])
        self.row = 0

    def _keep(self, points: Points | None) -> None:
        if points is not None:
            self._closed.append(points)
