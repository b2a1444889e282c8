"""The costly measurements: when they are due, and where their numbers go.

All look at the network with which a step begins, before its update, like everything that is measured during the step:
at step 1 that is the initial network. They work on copies, with fixed examples, so nothing of the run changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from normscope.core.cost import COSTLY
from normscope.core.spec import RunSpec
from normscope.core.statistics import Schedule
from normscope.training.examples import Examples
from normscope.training.layer_probes import is_due
from normscope.training.measurements import Ask, Found, Medians, along_the_gradient, modes, noise
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from normscope.training.vectors import Bundle, is_kept


def is_due_or_first(step: int, every: int, steps: int) -> bool:
    """Whether a costly schedule of ``every`` steps (0: never) observes ``step`` of ``steps``: the first one too."""
    return is_due(step, every, steps) or (every > 0 and step == 1)


class Rest:
    """Calls ``ask``, and adds up the seconds in which nothing was measured."""

    def __init__(self, ask: Callable[[], float]) -> None:
        self._ask = ask
        self.seconds = 0.0

    def __call__(self) -> None:
        """Look whether anybody wants something."""
        self.seconds += self._ask()


class Instruments:
    """Measures the networks of a run on the schedules of its spec."""

    def __init__(self, spec: RunSpec, examples: Examples, recorder: Recorder) -> None:
        self._spec = spec
        self._examples = examples
        self._recorder = recorder
        self._medians: dict[int, Medians] = {}
        """By replicate, at the last observation of the landscape."""

    def state(self) -> dict[int, list[Tensor]]:
        """For a checkpoint."""
        return {index: [torch.from_numpy(each) for each in medians] for index, medians in self._medians.items()}

    def load_state(self, state: Mapping[int, list[Tensor]]) -> None:
        """Go on where ``state`` was taken."""
        self._medians = {index: [each.numpy() for each in medians] for index, medians in state.items()}

    def due(self, step: int) -> list[Schedule]:
        """What is measured at ``step``."""
        steps = self._recorder.vectors.steps
        return [name for name in COSTLY if is_due_or_first(step, self._recorder.pace.every(name), steps)]

    def observe(self, step: int, replicates: Sequence[Replicate], ask: Callable[[], float]) -> None:
        """Measure what is due at ``step``, which is about to be made.

        Everything is handed over at the end: where ``ask`` raises, nothing was recorded, and all may begin anew.

        Args:
            ask: called between two passes through a network; returns the seconds that are not measuring's.
        """
        due = self.due(step)
        found: dict[tuple[Schedule, int], Found] = {}
        took: dict[Schedule, float] = {}
        for name in due:
            rest = Rest(ask)
            began = time.perf_counter()
            for replicate in replicates:
                found[name, replicate.index] = self._measure(name, replicate, step, rest)
            rest()
            took[name] = time.perf_counter() - began - rest.seconds
        for name in due:
            self._recorder.pace.took(name, took[name])
            self._record(name, step, replicates, [found[name, replicate.index] for replicate in replicates])

    def _measure(self, schedule: Schedule, replicate: Replicate, step: int, rest: Ask) -> Found:
        if schedule == "modes":
            return modes(self._spec, replicate, self._examples, rest)
        if schedule == "noise":
            return noise(self._spec, replicate, self._examples, step, rest)
        before = self._medians.get(replicate.index)
        return along_the_gradient(self._spec, replicate, self._examples, step, before, rest)

    def _record(self, schedule: Schedule, step: int, replicates: Sequence[Replicate], found: Sequence[Found]) -> None:
        """Hand the rows of all networks to the recorder, and the vectors where they are kept."""
        recorder = self._recorder
        columns = recorder.layout.scheduled[schedule]
        rows = {
            replicate.index: np.array([each.row[name] for name in columns.names_of(replicate.index)])
            for replicate, each in zip(replicates, found, strict=True)
        }
        recorder.observed(schedule, step, rows)
        kept = step == 1 or is_kept(step, recorder.pace.every(schedule), recorder.vectors.steps)
        for replicate, each in zip(replicates, found, strict=True):
            if each.medians is not None:
                self._medians[replicate.index] = each.medians
            for statistic, vector in each.vectors.items() if kept and replicate.first_seed else ():
                series = recorder.layout.vector_id(statistic, replicate.arm)
                recorder.vectors.put(step, Bundle.of_one(series, vector), vector)
