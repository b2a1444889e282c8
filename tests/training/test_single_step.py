"""Single steps of the real loop: each makes exactly one, with everything that belongs to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from normscope.core.commands import CommandKind
from normscope.core.control import CheckpointKind
from normscope.execution.control import RunControl
from normscope.storage.model import Command
from normscope.training.loop import train
from tests.training.helpers import Memory, small, toy


class Resting:
    """A keeper that notes where the loop rests: there it hands over a checkpoint."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.changed = threading.Condition()

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        with self.changed:
            if kind == "pause":
                self.steps.append(step)
            self.changed.notify_all()

    def wait(self, times: int) -> int:
        """The step of the last of so many rests."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.steps) >= times, 120), self.steps
            return self.steps[-1]


@pytest.mark.parametrize("begin", ["pause", "step"])
def test_a_single_step_is_one_with_its_evaluation(begin: CommandKind) -> None:
    memory, resting, control = Memory(), Resting(), RunControl()
    commands = iter(range(1, 100))

    def tell(kind: CommandKind) -> None:
        number = next(commands)
        control.receive([Command(f"c{number}", kind, {}, number, None)])

    tell(begin)
    first = 0 if begin == "pause" else 1
    spec = small(evaluate_every=3, checkpoint_every=0)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(train, spec, toy(), sink=memory, control=control, keeper=resting)
        for times in range(1, 6):
            step = resting.wait(times)
            assert step == first + times - 1
            seen = memory.emissions[-1].progress
            assert seen.step == step
            evaluated = [arm.latest.get("validation_loss") is not None for arm in seen.arms]
            assert evaluated == [step >= 3] * 2
            tell("step" if times < 5 else "stop")
        assert done.result(120) == "stopped"
    assert resting.steps == list(range(first, first + 5))
    assert memory.emissions[-1].progress.step == first + 4
