"""``Manifest``: which series a run has. A pure function of the spec, so worker, server and tests agree.

Series are numbered arm by arm, seed by seed, layer by layer, statistic by statistic. Vectors (percentiles of every
unit, histograms) are kept for the first seed of each arm only: they are shown, not averaged.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from normscope.core.network import plan_of
from normscope.core.spec import ActivationKind, RunSpec, ToySpec

Statistic = Literal[
    "elapsed_seconds",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "input_mean",
    "input_variance",
    "output_mean",
    "output_variance",
    "saturated",
    "dead",
    "gradient_norm",
    "learning_rate",
    "p15",
    "p50",
    "p85",
    "histogram",
    "boundary",
]
UNITS: dict[str, str] = {
    "elapsed_seconds": "s",
    "train_loss": "nat",
    "validation_loss": "nat",
    "train_accuracy": "1",
    "validation_accuracy": "1",
    "saturated": "1",
    "dead": "1",
    "histogram": "count",
    "boundary": "class + confidence",
}
VECTORS: frozenset[Statistic] = frozenset({"p15", "p50", "p85", "histogram", "boundary"})
LAYER_STATISTICS: tuple[Statistic, ...] = ("input_mean", "input_variance", "output_mean", "output_variance")
BOUNDARY_CELLS = 48
"""Along each side of the plane."""
DISTRIBUTIONS: tuple[Statistic, ...] = ("p15", "p50", "p85", "histogram")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Layer(_Frozen):
    """``index`` counts from 1; the output layer has no activation, its ``output`` are the logits.

    ``units`` are channels of a convolution, each with a value at every one of ``positions``.
    """

    index: int
    name: str
    units: int
    positions: int = 1
    activation: ActivationKind | None


class Plane(_Frozen):
    """The square of inputs whose ``boundary`` is measured, and some training examples in it.

    A boundary is float32 [cells * cells], row by row from below, left to right: at each cell's centre the most
    probable class (0, 1, ...) plus its probability, so that class = ceil(value) - 1; NaN where there is no answer.
    """

    low: float
    high: float
    """Of both coordinates: the outer edges of the outer cells."""
    cells: int
    x: tuple[float, ...]
    y: tuple[float, ...]
    classes: tuple[int, ...]
    """Of the examples at ``x``, ``y``."""


class Series(_Frozen):
    """One line on a chart. ``arm`` and ``seed`` are null for what belongs to the whole run."""

    id: int
    arm: int | None
    seed: int | None
    layer: int | None
    statistic: Statistic
    unit: str
    vector: bool


class Manifest(_Frozen):
    """Sequence 1 of every run; it never changes."""

    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    layers: tuple[Layer, ...]
    series: tuple[Series, ...]
    steps: int
    steps_per_epoch: int
    classes: int
    plane: Plane | None = None
    """Of toy sets whose boundary is measured."""


def saturation_statistic(activation: ActivationKind) -> Statistic:
    """Sigmoid and tanh saturate at both ends; units of ReLU and GELU die."""
    return "saturated" if activation in ("sigmoid", "tanh") else "dead"


def layers_of(spec: RunSpec, classes: int) -> tuple[Layer, ...]:
    """The layers of the spec's model, output layer last."""
    return tuple(
        Layer(index=index, name=each.name, units=each.units, positions=each.positions, activation=each.activation)
        for index, each in enumerate(plan_of(spec, classes).layers, 1)
    )


def layer_statistics(layer: Layer) -> tuple[Statistic, ...]:
    """Scalar statistics measured at ``layer`` at every step, in the order of their series."""
    if layer.activation is None:
        return ("output_mean", "output_variance", "gradient_norm")
    return (*LAYER_STATISTICS, saturation_statistic(layer.activation), "gradient_norm")


def has_boundary(spec: RunSpec) -> bool:
    """Whether ``spec`` measures boundaries."""
    return isinstance(spec.dataset, ToySpec) and spec.probes.boundary_every > 0


def build_manifest(spec: RunSpec, classes: int, train_examples: int, plane: Plane | None = None) -> Manifest:
    """The manifest of ``spec`` on data with ``classes`` classes and ``train_examples`` training examples."""
    layers = layers_of(spec, classes)
    series: list[Series] = []

    def add(statistic: Statistic, arm: int | None = None, seed: int | None = None, layer: int | None = None) -> None:
        series.append(
            Series(
                id=len(series),
                arm=arm,
                seed=seed,
                layer=layer,
                statistic=statistic,
                unit=UNITS.get(statistic, ""),
                vector=statistic in VECTORS,
            )
        )

    add("elapsed_seconds")
    for arm in range(len(spec.arms)):
        for seed_index, seed in enumerate(spec.seeds):
            add("train_loss", arm, seed)
            add("train_accuracy", arm, seed)
            if spec.probes.layers:
                for layer in layers:
                    for statistic in layer_statistics(layer):
                        add(statistic, arm, seed, layer.index)
            add("learning_rate", arm, seed)
            add("validation_loss", arm, seed)
            add("validation_accuracy", arm, seed)
            if spec.probes.distributions_every and seed_index == 0:
                for layer in layers:
                    if layer.activation is not None:
                        for statistic in DISTRIBUTIONS:
                            add(statistic, arm, seed, layer.index)
            if has_boundary(spec) and seed_index == 0:
                add("boundary", arm, seed)
    return Manifest(
        arms=tuple(arm.name for arm in spec.arms),
        seeds=spec.seeds,
        layers=layers,
        series=tuple(series),
        steps=spec.steps,
        steps_per_epoch=steps_per_epoch(train_examples, spec.batch_size, spec.drop_last),
        classes=classes,
        plane=plane,
    )


def steps_per_epoch(train_examples: int, batch_size: int, drop_last: bool) -> int:
    """Minibatches in one pass over the training split; at least 1."""
    whole, rest = divmod(train_examples, batch_size)
    return max(1, whole + (1 if rest and not drop_last else 0))
