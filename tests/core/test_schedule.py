"""The learning rate of each step, against hand-computed values and PyTorch's own schedulers."""

from __future__ import annotations

import pytest
import torch

from normscope.core.schedule import factor, learning_rate
from normscope.core.spec import ConstantSchedule, CosineSchedule, ScheduleSpec, StepSchedule


def by_torch(schedule: ScheduleSpec, steps: int) -> list[float]:
    """The rates of all steps, from PyTorch's scheduler."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    match schedule:
        case StepSchedule():
            scheduler: torch.optim.lr_scheduler.LRScheduler = torch.optim.lr_scheduler.StepLR(
                optimizer, schedule.every, schedule.factor
            )
        case CosineSchedule():
            scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - 1, 0.5 * schedule.minimum)
        case _:
            scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(
    "schedule",
    [ConstantSchedule(), StepSchedule(every=7, factor=0.3), CosineSchedule(), CosineSchedule(minimum=0.2)],
    ids=lambda schedule: schedule.kind,
)
def test_without_warm_up_it_is_what_pytorch_does(schedule: ScheduleSpec) -> None:
    ours = [learning_rate(0.5, schedule, step, 30) for step in range(1, 31)]
    assert ours == pytest.approx(by_torch(schedule, 30), abs=1e-12)


@pytest.mark.parametrize("schedule", [ConstantSchedule(warmup_steps=4), CosineSchedule(warmup_steps=4)])
def test_the_warm_up_is_a_straight_line_to_the_full_rate(schedule: ScheduleSpec) -> None:
    assert [factor(schedule, step, 20) for step in range(1, 5)] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert factor(schedule, 5, 20) <= 1.0


def test_the_cosine_ends_at_its_minimum_and_stays_there() -> None:
    schedule = CosineSchedule(minimum=0.1, warmup_steps=5)
    assert factor(schedule, 10, 15) == pytest.approx(0.55)
    assert [factor(schedule, step, 15) for step in (15, 16, 1000)] == pytest.approx([0.1] * 3)


@pytest.mark.parametrize(("steps", "warmup"), [(1, 0), (1, 1), (1, 50), (5, 50)])
def test_runs_shorter_than_the_warm_up_have_a_rate_too(steps: int, warmup: int) -> None:
    values = [factor(CosineSchedule(warmup_steps=warmup), step, steps) for step in range(1, steps + 1)]
    assert all(0 < value <= 1 for value in values)
