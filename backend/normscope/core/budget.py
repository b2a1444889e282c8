"""The observer's budget: which schedule is to be observed less often, from what measuring takes. A pure function.

Measuring changes nothing of the networks, so only what is measured, and when, depends on the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from normscope.core.statistics import Schedule

WIDENED: tuple[Schedule, ...] = ("distributions", "details", "boundary", "modes", "landscape", "noise")
"""Schedules that may be widened. What is measured at every step, and validation, never is."""
PAUSE_STEPS = 50
"""Steps between two changes: what the last one saved must be seen first."""
MARGIN = 1.1
"""By this factor the share must exceed the budget: a share that sways about it changes nothing."""
WORTH = 0.1
"""A schedule that takes less than this part of the budget is left alone: the excess comes from elsewhere."""
MOST_EVERY = 100_000
"""Steps from one observation to the next, at most; the spec's bound too."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that a while of ``steps`` steps took, and what single observations take.

    Attributes:
        training: of all networks' forward and backward passes and updates.
        each_step: of measuring at every step.
        observation: of one observation of all networks, by schedule; those that were not observed yet are absent.
        spacing: steps between two observations, by schedule; at least what the schedule says.
    """

    steps: int
    training: float
    each_step: float
    observation: Mapping[Schedule, float]
    spacing: Mapping[Schedule, int]

    def scheduled(self) -> dict[Schedule, float]:
        """Seconds a step, spread over the steps between two observations."""
        return {name: seconds / self.spacing[name] for name, seconds in self.observation.items()}

    def share(self) -> float:
        """What measuring takes of a step, 0 to 1."""
        measuring = self.each_step / self.steps + sum(self.scheduled().values())
        whole = measuring + self.training / self.steps
        return measuring / whole if whole > 0 else 0.0


def to_widen(budget: float, spent: Spent, every: Mapping[Schedule, int]) -> Schedule | None:
    """The schedule whose ``every`` is to be doubled: the dearest, where measuring exceeds ``budget``; else None.

    Args:
        budget: share of a step, 0 to 1.
        spent: since the last change.
        every: steps from one observation to the next, by schedule; 0: never.
    """
    if spent.steps < PAUSE_STEPS or spent.share() <= budget * MARGIN:
        return None
    own = {name: seconds for name, seconds in spent.scheduled().items() if 0 < every[name] <= MOST_EVERY // 2}
    if not own:
        return None
    dearest = max(own, key=lambda name: own[name])
    step = spent.training / spent.steps
    return dearest if own[dearest] >= WORTH * budget * step else None
