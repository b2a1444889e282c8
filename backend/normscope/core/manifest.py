"""``Manifest``: which series a run has. A pure function of the spec, so worker, server and tests agree.

Series are numbered arm by arm, seed by seed, layer by layer, statistic by statistic. Vectors (percentiles of every
unit, histograms) are kept for the first seed of each arm only: they are shown, not averaged.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from normscope.core.flops import flops_per_step
from normscope.core.network import plan_of
from normscope.core.norm_facts import has_running_statistics
from normscope.core.spec import ActivationKind, RunSpec, ToySpec
from normscope.core.statistics import (
    LANDSCAPE,
    LANDSCAPE_OF_LAYER,
    NOISE,
    UNITS,
    VECTORS,
    Schedule,
    Statistic,
    detail_statistics,
    distribution_vectors,
    every,
    mode_statistics,
    step_statistics,
)


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
    schedule: Schedule = "step"
    """When it is observed; the series of a schedule are observed together."""


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
    train_examples: int | None = None
    flops_per_step: tuple[float, ...] = ()
    """Floating-point operations of one replicate of each arm in a step with a whole minibatch (``core.flops``)."""


def layers_of(spec: RunSpec, classes: int) -> tuple[Layer, ...]:
    """The layers of the spec's model, output layer last."""
    return tuple(
        Layer(index=index, name=each.name, units=each.units, positions=each.positions, activation=each.activation)
        for index, each in enumerate(plan_of(spec, classes).layers, 1)
    )


def has_boundary(spec: RunSpec) -> bool:
    """Whether ``spec`` measures boundaries."""
    return isinstance(spec.dataset, ToySpec) and spec.probes.boundary_every > 0


def build_manifest(spec: RunSpec, classes: int, train_examples: int, plane: Plane | None = None) -> Manifest:
    """The manifest of ``spec`` on data with ``classes`` classes and ``train_examples`` training examples."""
    layers = layers_of(spec, classes)
    plans = list(enumerate(plan_of(spec, classes).layers, 1))
    series: list[Series] = []

    def add(
        schedule: Schedule,
        statistic: Statistic,
        arm: int | None = None,
        seed: int | None = None,
        layer: int | None = None,
    ) -> None:
        if every(spec, schedule):
            series.append(
                Series(
                    id=len(series),
                    arm=arm,
                    seed=seed,
                    layer=layer,
                    statistic=statistic,
                    unit=UNITS.get(statistic, ""),
                    vector=statistic in VECTORS,
                    schedule=schedule,
                )
            )

    add("step", "elapsed_seconds")
    for index, arm in enumerate(spec.arms):
        for seed_index, seed in enumerate(spec.seeds):
            add("step", "train_loss", index, seed)
            add("step", "train_accuracy", index, seed)
            if spec.probes.layers:
                for number, layer in plans:
                    for statistic in step_statistics(layer):
                        add("step", statistic, index, seed, number)
            add("step", "learning_rate", index, seed)
            add("clock", "compute_seconds", index, seed)
            add("evaluation", "validation_loss", index, seed)
            add("evaluation", "validation_accuracy", index, seed)
            for number, layer in plans:
                for statistic in detail_statistics(layer, arm.norm):
                    add("details", statistic, index, seed, number)
            for statistic in mode_statistics(arm.norm):
                add("modes", statistic, index, seed)
            for number, layer in plans:
                if layer.activation is not None and has_running_statistics(arm.norm):
                    add("modes", "variance_shift", index, seed, number)
            for statistic in LANDSCAPE:
                add("landscape", statistic, index, seed)
            for number, layer in plans:
                for statistic in LANDSCAPE_OF_LAYER:
                    add("landscape", statistic, index, seed, number)
                if layer.activation is not None:
                    add("landscape", "activation_drift", index, seed, number)
            for statistic in NOISE:
                add("noise", statistic, index, seed)
            if seed_index == 0:
                for number, layer in plans:
                    for statistic in distribution_vectors(layer, arm.norm):
                        add("distributions", statistic, index, seed, number)
                if has_boundary(spec):
                    add("boundary", "boundary", index, seed)
                add("landscape", "loss_slice", index, seed)
                add("noise", "cosine_by_batch_size", index, seed)
    add("clock", "observer_seconds")
    return Manifest(
        arms=tuple(arm.name for arm in spec.arms),
        seeds=spec.seeds,
        layers=layers,
        series=tuple(series),
        steps=spec.steps,
        steps_per_epoch=steps_per_epoch(train_examples, spec.batch_size, spec.drop_last),
        classes=classes,
        plane=plane,
        train_examples=train_examples,
        flops_per_step=tuple(flops_per_step(spec, arm, classes, train_examples) for arm in spec.arms),
    )


def steps_per_epoch(train_examples: int, batch_size: int, drop_last: bool) -> int:
    """Minibatches in one pass over the training split; at least 1."""
    whole, rest = divmod(train_examples, batch_size)
    return max(1, whole + (1 if rest and not drop_last else 0))
