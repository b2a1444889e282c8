"""Early stopping of one replicate, and the weights of its best evaluation.

Prechelt 1998, "Early stopping - but when?", the criterion UP counted in evaluations: stop after ``patience``
evaluations in a row that are not better than the best one.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from normscope.core.events import EarlyStoppedEvent
from normscope.core.record import Metric
from normscope.core.spec_learning import EarlyStoppingSpec


class EarlyStopping:
    """Watches one replicate's metric; keeps a copy of parameters and buffers as they were when it was best.

    Attributes:
        best: the best value; NaN before the first finite one.
        best_step: after which it was measured; 0 before the first.
        over: the replicate is to stop.
    """

    def __init__(self, spec: EarlyStoppingSpec) -> None:
        self.spec = spec
        self.best = math.nan
        self.best_step = 0
        self.over = False
        self._waited = 0
        self._weights: dict[str, Tensor] | None = None

    def evaluated(self, step: int, metrics: Mapping[Metric, float], model: nn.Module) -> bool:
        """Take what was measured of ``model`` after ``step``; whether it is to stop.

        A value that is not finite is never the best, one that is no better than the best is no improvement, and
        nothing is waited for before the first finite one.
        """
        value = metrics[self.spec.metric]
        if self._better(value):
            self.best, self.best_step, self._waited = value, step, 0
            if self.spec.restore_best:
                self._weights = copy.deepcopy(model.state_dict())
        elif self.best_step:
            self._waited += 1
        self.over = self._waited >= self.spec.patience
        return self.over

    def restore(self, model: nn.Module) -> None:
        """Give ``model`` the best parameters and buffers, where they are to be restored and there are any."""
        if self._weights is not None:
            model.load_state_dict(self._weights)

    def stopped(self, arm: int, seed: int, step: int) -> EarlyStoppedEvent:
        """What is said of the replicate that leaves after ``step``."""
        return EarlyStoppedEvent(
            arm=arm, seed=seed, step=step, best_step=self.best_step, metric=self.spec.metric, value=self.best
        )

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        own = {"best": self.best, "best_step": self.best_step, "over": self.over, "waited": self._waited}
        return own | {"weights": copy.deepcopy(self._weights)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self.best, self.best_step = state["best"], state["best_step"]
        self.over, self._waited = state["over"], state["waited"]
        self._weights = copy.deepcopy(state["weights"])

    def _better(self, value: float) -> bool:
        if not math.isfinite(value):
            return False
        if not self.best_step:
            return True
        gain = self.best - value if self.spec.metric == "validation_loss" else value - self.best
        return gain > self.spec.minimum_improvement
