"""The learning rate of a step: a pure function, so that loop, form and tests agree."""

from __future__ import annotations

import math

from normscope.core.spec import ScheduleSpec


def factor(schedule: ScheduleSpec, step: int, steps: int) -> float:
    """What the learning rate of ``step`` (1, 2, ...) of ``steps`` is multiplied by, 0 to 1.

    Beyond ``steps`` (a run that was extended) the cosine stays at its minimum.
    """
    warmup = schedule.warmup_steps
    warm = min(1.0, step / warmup) if warmup else 1.0
    if schedule.kind == "constant":  # asked by its kind: pydantic's isinstance takes 2 us, and each step asks
        return warm
    if schedule.kind == "step":
        return float(warm * schedule.factor ** ((step - 1) // schedule.every))
    done = min(1.0, max(0.0, (step - max(1, warmup)) / max(1, steps - max(1, warmup))))
    return warm * (schedule.minimum + (1 - schedule.minimum) * (1 + math.cos(math.pi * done)) / 2)


def learning_rate(base: float, schedule: ScheduleSpec, step: int, steps: int) -> float:
    """The learning rate with which ``step`` is made."""
    return base * factor(schedule, step, steps)
