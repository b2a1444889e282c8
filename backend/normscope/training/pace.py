"""How often each schedule is observed now, what its observations take, and when the budget widens it."""

from __future__ import annotations

import statistics
from collections import deque
from typing import Any

from normscope.core.budget import WIDENED, Spent, to_widen
from normscope.core.events import ScheduleWidenedEvent
from normscope.core.spec import RunSpec
from normscope.core.statistics import Schedule, every
from normscope.training.fold import window_length
from normscope.training.windows import VECTORS_BEFORE_DOUBLING

RECENT = 5
"""Observations whose median is what one takes: one that was interrupted by another program says nothing."""
THINNED: frozenset[Schedule] = frozenset({"distributions", "boundary"})
"""Only vectors, which become rarer by themselves."""


class Pace:
    """The schedules of a run; they are the spec's for ever where it has no budget."""

    def __init__(self, spec: RunSpec) -> None:
        self._budget = spec.probes.budget
        self._every = {schedule: every(spec, schedule) for schedule in WIDENED}
        self._recent: dict[Schedule, deque[float]] = {}
        self._scheduled = 0.0
        self._since: tuple[int, float, float] | None = None
        """Step, seconds of training and of measuring at every step when the last change was made."""

    def every(self, schedule: Schedule) -> int:
        """Steps from one observation to the next; 0: never."""
        return self._every[schedule]

    def took(self, schedule: Schedule, seconds: float) -> None:
        """An observation of all networks took ``seconds``."""
        self._recent.setdefault(schedule, deque(maxlen=RECENT)).append(seconds)
        self._scheduled += seconds

    def look(self, step: int, training: float, measuring: float) -> ScheduleWidenedEvent | None:
        """Keep to the budget after ``step``.

        Args:
            training: seconds that all networks took so far.
            measuring: seconds that all measuring took so far, observations that were told with ``took`` among them.

        Returns:
            What was changed, if anything was: one schedule at most.
        """
        if self._budget is None:
            return None
        now = (step, training, measuring - self._scheduled)
        if self._since is None:
            self._since = now
            return None
        spent = Spent(
            steps=now[0] - self._since[0],
            training=now[1] - self._since[1],
            each_step=max(0.0, now[2] - self._since[2]),
            observation={name: statistics.median(seconds) for name, seconds in self._recent.items()},
            spacing={name: self._spacing(name, step) for name in self._recent},
        )
        schedule = to_widen(self._budget, spent, self._every)
        if schedule is None:
            return None
        self._since = now
        self._every[schedule] *= 2
        return ScheduleWidenedEvent(step=step, schedule=schedule, every=self._every[schedule])

    def inherit(self, spec: RunSpec, parent: RunSpec, state: dict[str, Any]) -> list[ScheduleWidenedEvent]:
        """A fork with a budget keeps what its parent had widened, where both specs say the same of a schedule.

        Args:
            state: the parent's ``state``.

        Returns:
            What differs from ``spec``, from the fork's beginning on.
        """
        if self._budget is None:
            return []
        told = []
        for name, wide in state.get("every", {}).items():
            if every(spec, name) == every(parent, name) and wide > self._every[name]:
                self._every[name] = wide
                told.append(ScheduleWidenedEvent(step=0, schedule=name, every=wide))
        return told

    def state(self) -> dict[str, Any]:
        """For a checkpoint. What things take is measured anew where the run goes on: perhaps on another machine."""
        return {"every": dict(self._every)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self._every.update(state.get("every", {}))
        self._since = None

    def _spacing(self, schedule: Schedule, step: int) -> int:
        each = max(1, self._every[schedule])
        if schedule not in THINNED:
            return each
        return each * window_length(step // each + 1, VECTORS_BEFORE_DOUBLING)
