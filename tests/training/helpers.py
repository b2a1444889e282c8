"""Small specs, a toy data set, and sinks and controls that remember or command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from normscope.core.control import Machine
from normscope.core.events import Event, ManifestEvent
from normscope.core.manifest import Manifest
from normscope.core.spec import (
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    NoisyBatchNorm,
    NoNorm,
    NormSpec,
    ProbeSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
)
from normscope.core.telemetry import Emission, Points, Vectors, concat_points
from normscope.training.splits import DataSet, Split

ALL_NORMS: tuple[NormSpec, ...] = (
    NoNorm(),
    BatchNorm(),
    LayerNorm(),
    GroupNorm(groups=2),
    RmsNorm(),
    BatchNorm(placement="after_activation"),
    LayerNorm(placement="after_activation"),
)
MORE_NORMS: tuple[NormSpec, ...] = (
    GhostBatchNorm(ghost_size=4),
    NoisyBatchNorm(),
    FrozenBatchNorm(),
    BatchNorm(affine=False, track_running_statistics=False),
)

MODELS: tuple[ModelSpec, ...] = (
    MlpSpec(hidden=(6, 4), activation="tanh"),
    CnnSpec(convolutions=(4, "pool", 6), hidden=(4,), head="flatten"),
    CnnSpec(convolutions=(2, 4, "pool", 4), kernel_size=5, activation="sigmoid"),
    ResNetSpec(depth=8, width=2),
    ResNetSpec(depth=18, width=2, activation="gelu"),
)


def arms(*norms: NormSpec) -> tuple[ArmSpec, ...]:
    """One arm for each norm."""
    return tuple(ArmSpec(name=f"{index} {norm.kind}", norm=norm) for index, norm in enumerate(norms))


def small(**changes: Any) -> RunSpec:
    """A run of 30 steps on 40 examples, plain against BatchNorm."""
    fields: dict[str, Any] = {
        "dataset": DataSetSpec(kind="digits", train_examples=40),
        "model": MlpSpec(hidden=(6, 4), activation="tanh"),
        "arms": arms(NoNorm(), BatchNorm()),
        "batch_size": 8,
        "steps": 30,
        "evaluate_every": 10,
        "probes": ProbeSpec(distributions_every=5, details_every=4, histogram_bins=8),
    }
    return RunSpec(**{**fields, **changes})


def toy(examples: int = 40, features: int = 5, classes: int = 3) -> DataSet:
    """Separable blobs."""
    random = np.random.default_rng(7)

    def split(n: int) -> Split:
        y = random.integers(0, classes, n)
        x = random.standard_normal((n, features)) + 3 * np.eye(classes, features)[y]
        return Split(x.astype(np.float32), y)

    return DataSet("digits", classes, split(examples), split(30), split(20))


class Memory:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.emissions: list[Emission] = []

    def emit(self, emission: Emission) -> None:
        self.emissions.append(emission)

    @property
    def events(self) -> list[Event]:
        return [event for emission in self.emissions for event in emission.events]

    @property
    def manifest(self) -> Manifest:
        """Of the run; its first event."""
        first = self.events[0]
        assert isinstance(first, ManifestEvent)
        return first.manifest

    @property
    def points(self) -> Points:
        """All closed windows, sorted by series, then step."""
        return concat_points([e.points for e in self.emissions if e.points is not None])

    @property
    def vectors(self) -> list[Vectors]:
        return [e.vectors for e in self.emissions if e.vectors is not None]

    def series(self, series: int) -> Points:
        points = self.points
        mask = points.series == series
        return Points(*(getattr(points, name)[mask] for name in ("step", "series", "value", "low", "high")))


class Calm:
    """A control that never commands."""

    pending = False
    applied = 0

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        raise AssertionError(f"nothing was pending at step {step}")


class When:
    """Commands each time ``condition`` (asked whenever the loop looks) holds; obeys as ``answer`` says."""

    def __init__(self, condition: Callable[[], bool], answer: Callable[[int], bool]) -> None:
        self._condition = condition
        self._answer = answer
        self.applied = 0

    @property
    def pending(self) -> bool:
        return self._condition()

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        machine.show()
        return self._answer(step)
