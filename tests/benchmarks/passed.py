"""A network after a pass on a minibatch, from which single statistics are taken, and how long one takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from normscope.core.statistics import Schedule, Statistic
from normscope.probes.activation_gradients import ActivationGradients
from normscope.training.lean import backward
from normscope.training.replicate import Replicate

Cost = tuple[tuple[Statistic, ...], Schedule, float]
"""What is computed together, when, and the microseconds of one observation of one network."""


def microseconds(call: Callable[[], object], times: int = 400) -> float:
    """Lower quartile of the duration of ``call``."""
    call()
    taken: list[int] = []
    for _ in range(times):
        start = time.perf_counter_ns()
        call()
        taken.append(time.perf_counter_ns() - start)
    return sorted(taken)[times // 4] / 1e3


@dataclass
class Passed:
    """A network after a forward and a backward pass on a minibatch."""

    replicate: Replicate
    x: Tensor
    y: Tensor

    def __post_init__(self) -> None:
        self.trace: list[Tensor] = []
        self.norms: list[Tensor] = []
        self.kept = ActivationGradients(3)
        self.logits = self.replicate.model(self.x, self.trace, self.norms)
        self.loss = F.cross_entropy(self.logits, self.y)
        self.kept.watch(self.trace[1::2])
        backward(self.loss)
        self.gradients = self.kept.take()
        self.own = [(parameter, parameter.grad) for parameter in self.replicate.model.parameters()]

    def restore(self) -> None:
        """Its gradients are there again."""
        for parameter, gradient in self.own:
            parameter.grad = gradient

    def step(self) -> None:
        """What is there without measuring."""
        backward(F.cross_entropy(self.replicate.model(self.x), self.y))
        self.replicate.learn(0.01, None)

    def backward_keeping(self, keeping: bool) -> Callable[[], float]:
        """Seconds of a backward pass that keeps, or does not keep, the activations' gradients."""

        def once() -> float:
            trace: list[Tensor] = []
            loss = F.cross_entropy(self.replicate.model(self.x, trace), self.y)
            start = time.perf_counter()
            if keeping:
                self.kept.watch(trace[1::2])
            backward(loss)
            if keeping:
                self.kept.take()
            seconds = time.perf_counter() - start
            self.replicate.forget_gradients()
            return seconds

        return once


def arrays(tensors: list[Tensor]) -> list[Any]:
    """As [batch, units, positions]."""
    return [each.detach().numpy().reshape(*each.shape[:2], -1) for each in tensors]
