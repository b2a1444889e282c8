"""How far the run is, how fast, and the metrics of each arm."""

from __future__ import annotations

import math
import time
from collections import Counter
from statistics import fmean
from typing import Any, Literal

from normscope.core.record import ArmProgress, Metric, Progress, ReplicateCounts
from normscope.core.spec import RunSpec
from normscope.training.replicate import Replicate

Phase = Literal["preparing", "training", "evaluating", "testing"]

_SMOOTHING_SECONDS = 2.0
_BEST: tuple[tuple[Metric, bool], ...] = (("validation_loss", False), ("validation_accuracy", True))
"""Metrics that have a best value, and whether more is better. A minibatch's best would be chance."""


class ProgressMeter:
    """Reads the replicates' metrics; keeps the clock, the smoothed speed and the best of each arm's mean."""

    def __init__(self, spec: RunSpec, replicates: list[Replicate]) -> None:
        self._spec = spec
        self.steps = spec.steps
        """After which the run ends."""
        self.cap = spec.speed
        """Most steps per second; None: no limit. Waiting for it does not count as elapsed."""
        self._arms = [[r for r in replicates if r.arm == index] for index in range(len(spec.arms))]
        self._parameters = [sum(p.numel() for p in arm[0].model.parameters()) for arm in self._arms]
        self._best: list[dict[Metric, float]] = [{} for _ in self._arms]
        self._best_step: list[dict[Metric, int]] = [{} for _ in self._arms]
        self._start = self._seen_at = time.perf_counter()
        self._excluded = 0.0
        self._seen_step = 0
        self._speed: float | None = None

    def start(self) -> None:
        """The first step begins now."""
        self._start = time.perf_counter()
        self._seen_at = 0.0

    def elapsed(self) -> float:
        """Seconds since the first step began, pauses excluded."""
        return time.perf_counter() - self._start - self._excluded

    def exclude(self, seconds: float) -> None:
        """A pause took ``seconds``."""
        self._excluded += seconds

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        best = {"best": [dict(arm) for arm in self._best], "best_step": [dict(arm) for arm in self._best_step]}
        return best | {"elapsed": self.elapsed(), "speed": self._speed, "steps": self.steps, "cap": self.cap}

    def load_state(self, state: dict[str, Any], step: int) -> None:
        """Go on where ``state`` was taken, after ``step``."""
        self._best, self._best_step = state["best"], state["best_step"]
        self._speed, self.steps, self.cap = state["speed"], state["steps"], state["cap"]
        self._start = time.perf_counter() - state["elapsed"]
        self._excluded = 0.0
        self._seen_step, self._seen_at = step, state["elapsed"]

    def evaluated(self, step: int) -> None:
        """Validation metrics of the replicates are those after ``step``: remember the best of each arm."""
        for index, arm in enumerate(self._arms):
            means = _means(arm)
            for metric, more in _BEST:
                value, best = means.get(metric, math.nan), self._best[index].get(metric)
                if math.isfinite(value) and (best is None or (value > best if more else value < best)):
                    self._best[index][metric] = value
                    self._best_step[index][metric] = step

    def progress(self, step: int, phase: Phase) -> Progress:
        """The state of the run after ``step``."""
        elapsed = self.elapsed() if phase != "preparing" else 0.0
        if step > self._seen_step and elapsed > self._seen_at:
            speed = (step - self._seen_step) / (elapsed - self._seen_at)
            weight = 1.0 - math.exp(-(elapsed - self._seen_at) / _SMOOTHING_SECONDS)
            self._speed = speed if self._speed is None else self._speed + weight * (speed - self._speed)
            self._seen_step, self._seen_at = step, elapsed
        pace = min(self._speed, self.cap) if self._speed and self.cap else self._speed
        return Progress(
            step=step,
            steps_per_second=pace,
            eta_seconds=(self.steps - step) / pace if pace else None,
            elapsed_seconds=elapsed,
            phase=phase,
            arms=tuple(self._arm(index) for index in range(len(self._arms))),
        )

    def _arm(self, index: int) -> ArmProgress:
        arm = self._arms[index]
        means = _means(arm)
        return ArmProgress(
            name=self._spec.arms[index].name,
            replicates=ReplicateCounts.model_validate(Counter(replicate.state for replicate in arm)),
            latest=means,
            best=dict(self._best[index]),
            best_step=dict(self._best_step[index]),
            final=means if all(replicate.state != "running" for replicate in arm) else {},
            parameters=self._parameters[index],
            compute_seconds=sum(replicate.seconds for replicate in arm),
        )


def _means(arm: list[Replicate]) -> dict[Metric, float]:
    """Mean of each metric over the replicates that did not diverge; those of all where none is left."""
    counted = [replicate for replicate in arm if replicate.state != "diverged"] or arm
    shared = [metric for metric in counted[0].metrics if all(metric in r.metrics for r in counted)]
    return {metric: fmean(r.metrics[metric] for r in counted) for metric in shared}
