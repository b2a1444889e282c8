"""``Manifest``: which series a run has. A pure function of the spec, so worker, server and tests agree.

Series are numbered arm by arm, seed by seed, layer by layer, statistic by statistic. Vectors (percentiles of every
unit, histograms) are kept for the first seed of each arm only: they are shown, not averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from normscope.core.flops import flops_per_step
from normscope.core.network import LayerPlan, plan_of
from normscope.core.norm_facts import has_running_statistics
from normscope.core.spec import ActivationKind, ArmSpec, RunSpec, ToySpec
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

NumberedLayers = Sequence[tuple[int, LayerPlan]]
Observed = tuple[Schedule, Statistic, int | None]
"""When, what, and in which layer; None: in the whole network."""


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
    return Manifest(
        arms=tuple(arm.name for arm in spec.arms),
        seeds=spec.seeds,
        layers=layers_of(spec, classes),
        series=tuple(_series(spec, list(enumerate(plan_of(spec, classes).layers, 1)))),
        steps=spec.steps,
        steps_per_epoch=steps_per_epoch(train_examples, spec.batch_size, spec.drop_last),
        classes=classes,
        plane=plane,
        train_examples=train_examples,
        flops_per_step=tuple(flops_per_step(spec, arm, classes, train_examples) for arm in spec.arms),
    )


def _series(spec: RunSpec, layers: NumberedLayers) -> Iterator[Series]:
    """All series that are ever observed, numbered: arm by arm, seed by seed."""
    wanted: list[tuple[int | None, int | None, Observed]] = [(None, None, ("step", "elapsed_seconds", None))]
    for index, arm in enumerate(spec.arms):
        for seed_index, seed in enumerate(spec.seeds):
            wanted += ((index, seed, each) for each in _of_each_seed(spec, arm, layers))
            if seed_index == 0:
                wanted += ((index, seed, each) for each in _of_first_seed(spec, arm, layers))
    wanted.append((None, None, ("clock", "observer_seconds", None)))
    observed = (each for each in wanted if every(spec, each[2][0]))
    for number, (of_arm, of_seed, (schedule, statistic, layer)) in enumerate(observed):
        yield Series(
            id=number,
            arm=of_arm,
            seed=of_seed,
            layer=layer,
            statistic=statistic,
            unit=UNITS.get(statistic, ""),
            vector=statistic in VECTORS,
            schedule=schedule,
        )


def _of_each_seed(spec: RunSpec, arm: ArmSpec, layers: NumberedLayers) -> Iterator[Observed]:
    """The scalar series of one network."""
    yield "step", "train_loss", None
    yield "step", "train_accuracy", None
    if spec.probes.layers:
        yield from (("step", each, number) for number, layer in layers for each in step_statistics(layer))
    yield "step", "learning_rate", None
    yield "clock", "compute_seconds", None
    yield "evaluation", "validation_loss", None
    yield "evaluation", "validation_accuracy", None
    yield from (("details", each, number) for number, layer in layers for each in detail_statistics(layer, arm.norm))
    yield from (("modes", each, None) for each in mode_statistics(arm.norm))
    for number, layer in layers:
        if layer.activation is not None and has_running_statistics(arm.norm):
            yield "modes", "variance_shift", number
    yield from (("landscape", each, None) for each in LANDSCAPE)
    for number, layer in layers:
        yield from (("landscape", each, number) for each in LANDSCAPE_OF_LAYER)
        if layer.activation is not None:
            yield "landscape", "activation_drift", number
    yield from (("noise", each, None) for each in NOISE)


def _of_first_seed(spec: RunSpec, arm: ArmSpec, layers: NumberedLayers) -> Iterator[Observed]:
    """The vector series of one network: they are kept of the first seed."""
    for number, layer in layers:
        yield from (("distributions", each, number) for each in distribution_vectors(layer, arm.norm))
    if has_boundary(spec):
        yield "boundary", "boundary", None
    yield "landscape", "loss_slice", None
    yield "noise", "cosine_by_batch_size", None


def steps_per_epoch(train_examples: int, batch_size: int, drop_last: bool) -> int:
    """Minibatches in one pass over the training split; at least 1."""
    whole, rest = divmod(train_examples, batch_size)
    return max(1, whole + (1 if rest and not drop_last else 0))
