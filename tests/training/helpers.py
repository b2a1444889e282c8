"""Small specs, a toy data set, and sinks and controls that remember or command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from normscope.core.control import Machine, Sink
from normscope.core.events import Event, ManifestEvent
from normscope.core.fairness import Certificate
from normscope.core.manifest import Manifest, build_manifest
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
    ToySpec,
)
from normscope.core.statistics import Schedule
from normscope.core.telemetry import Emission, Points, Vectors, concat_points
from normscope.training.boundaries import plane_of
from normscope.training.certificate import certificate
from normscope.training.loop import Loop
from normscope.training.order import Order
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate, build_replicates
from normscope.training.splits import DataSet, Split
from normscope.training.toys import draw

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


def data_of(spec: RunSpec) -> DataSet:
    """40 examples that the networks of ``spec`` can take: its toy set, or blobs of 5 features, for images of 64."""
    if isinstance(spec.dataset, ToySpec):
        return draw(spec.dataset)
    return toy(features=5 if spec.model.kind == "mlp" else 64)


def orders_of(spec: RunSpec) -> dict[int, Order]:
    """The order of 40 examples, by seed."""
    return {seed: Order(seed, 40, spec.batch_size, spec.drop_last) for seed in spec.seeds}


def certified(spec: RunSpec) -> Certificate:
    """The fairness certificate of ``spec``."""
    data = data_of(spec)
    replicates = build_replicates(spec, data.train.x.shape[1], data.classes)
    return certificate(spec, data, replicates, orders_of(spec))


def parts_of(
    spec: RunSpec, sink: Sink, data: DataSet | None = None
) -> tuple[RunSpec, DataSet, list[Replicate], dict[int, Order], Recorder]:
    """What a ``Loop`` is given before its control, as ``train`` makes it, on one thread; the manifest was sent."""
    torch.set_num_threads(1)
    data = data or data_of(spec)
    replicates = build_replicates(spec, data.train.x.shape[1], data.classes)
    manifest = build_manifest(spec, data.classes, 40, plane_of(spec, data))
    recorder = Recorder(spec, manifest, replicates, sink)
    recorder.start(ManifestEvent(manifest=manifest, fairness={}))
    return spec, data, replicates, orders_of(spec), recorder


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
        return points.take(points.series == series)


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


class Slow:
    """The mark of a device that is as far behind as it may be: it gets there only when somebody waits."""

    waits = 0

    def query(self) -> bool:
        return False

    def synchronize(self) -> None:
        Slow.waits += 1


def generators_of(loop: Loop) -> list[torch.Generator]:
    """All that a run draws from while it trains: each seed's order, each replicate's masks and augmentation."""
    return [order.generator for order in loop.orders.values()] + [
        generator for replicate in loop.replicates for generator in replicate.generators().values()
    ]


def observations(memory: Memory, manifest: Manifest, schedule: Schedule) -> dict[tuple[int, str], np.ndarray[Any, Any]]:
    """[2, observations], step and value, of each scalar series of a schedule, by arm and name."""
    points = memory.points
    found = {}
    for series in manifest.series:
        if series.schedule == schedule and not series.vector:
            mask = points.series == series.id
            name = series.statistic if series.layer is None else f"{series.statistic}@{series.layer}"
            found[series.arm or 0, name] = np.stack([points.step[mask], points.value[mask]])
    return found
