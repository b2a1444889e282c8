"""What a spec will cost, before anything is allocated: seconds, memory and telemetry, and the limits on them.

Seconds are those of one thread of a laptop-class core, calibrated on ``paper-mnist`` (two networks, 4,000 steps: about
12 s). A server scales them by what its own recent runs took.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from normscope.core.catalog import DATASETS
from normscope.core.check import train_examples
from normscope.core.manifest import BOUNDARY_CELLS, build_manifest, steps_per_epoch
from normscope.core.spec import ArmSpec, RunSpec
from normscope.errors import CostLimitError

STEP_SECONDS = 1.5e-4
"""Of one network's step besides its layers: optimizer, bookkeeping."""
LAYER_SECONDS = 1.0e-4
"""Of one layer's forward, backward and measuring, whatever its size."""
FLOPS = 35e9
"""Floating-point operations a second that one thread sustains on such matrices."""
EVALUATION_FLOPS = 45e9
PROCESS_BYTES = 300_000_000
"""Of a worker with torch and its libraries."""
WINDOW_POINTS = 1_000
"""Points of a series until its windows double."""
POINT_BYTES = 20
MAX_VECTORS = 500
"""Vectors that are kept of each series."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will cost. ``parameters`` are those of one network of each arm."""

    seconds: float
    networks: int
    parameters: tuple[int, ...]
    steps_per_epoch: int
    epochs: float
    memory_bytes: int
    telemetry_bytes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a run may cost on this server."""

    seconds: float
    memory_bytes: int
    telemetry_bytes: int


def estimate(spec: RunSpec, *, scale: float = 1.0) -> Estimate:
    """The cost of ``spec``; ``scale`` is how much slower than the calibration this server's recent runs were."""
    facts = DATASETS[spec.dataset.kind]
    examples = train_examples(spec)
    widths = (facts.features, *spec.model.hidden, facts.classes)
    networks = len(spec.arms) * len(spec.seeds)
    batch = min(spec.batch_size, examples)
    steps = steps_per_epoch(examples, spec.batch_size, spec.drop_last)
    parameters = tuple(_parameters(widths, arm) for arm in spec.arms)
    products = [a * b for a, b in itertools.pairwise(widths)]
    # Two operations a weight and example, three times (forward, two gradients), but the input needs no gradient.
    flops = 2.0 * batch * (3 * sum(products) - products[0])
    step = STEP_SECONDS + LAYER_SECONDS * len(products) + flops / FLOPS
    evaluations = spec.steps // spec.evaluate_every + 1
    evaluation = 2.0 * sum(products) / EVALUATION_FLOPS
    seconds = networks * (spec.steps * step + evaluation * (evaluations * facts.validation + facts.test))
    return Estimate(
        seconds=scale * seconds,
        networks=networks,
        parameters=parameters,
        steps_per_epoch=steps,
        epochs=spec.steps / steps,
        memory_bytes=_memory_bytes(spec, widths, parameters, batch),
        telemetry_bytes=_telemetry_bytes(spec, facts.classes, examples),
    )


def check_cost(cost: Estimate, limits: Limits) -> None:
    """Raises:
    CostLimitError: ``cost`` exceeds one of ``limits``; says which, by how much and what to reduce.
    """
    if cost.seconds > limits.seconds:
        raise CostLimitError(
            f"expected an estimated duration of at most {_seconds(limits.seconds)}, got {_seconds(cost.seconds)}: "
            "reduce the steps, seeds, arms, widths or batch size, or evaluate less often",
            "steps",
        )
    if cost.memory_bytes > limits.memory_bytes:
        raise CostLimitError(
            f"expected at most {_bytes(limits.memory_bytes)} of memory, got an estimated {_bytes(cost.memory_bytes)}: "
            "reduce the widths, the depth, the arms, the seeds or the batch size",
            "model.hidden",
        )
    if cost.telemetry_bytes > limits.telemetry_bytes:
        raise CostLimitError(
            f"expected at most {_bytes(limits.telemetry_bytes)} of telemetry, "
            f"got an estimated {_bytes(cost.telemetry_bytes)}: "
            "reduce the seeds, arms or layers, or measure distributions less often",
            "probes",
        )


def points_of(observations: int) -> int:
    """Points that a series of ``observations`` keeps: windows start at one and double every 1,000 points."""
    points, width = 0, 1
    while observations > WINDOW_POINTS * width:
        observations -= WINDOW_POINTS * width
        points += WINDOW_POINTS
        width *= 2
    return points + -(-observations // width)


def _parameters(widths: tuple[int, ...], arm: ArmSpec) -> int:
    """Weights and biases of the linear layers, scale and shift of the norms (RMSNorm has no shift)."""
    linear = sum((a + 1) * b for a, b in itertools.pairwise(widths))
    per_unit = {"none": 0, "rms": 1}.get(arm.norm.kind, 2)
    return linear + per_unit * sum(widths[1:-1])


def _memory_bytes(spec: RunSpec, widths: tuple[int, ...], parameters: tuple[int, ...], batch: int) -> int:
    """Data, parameters with gradient and optimizer state, and the activations of one network at a time."""
    facts = DATASETS[spec.dataset.kind]
    data = 4 * facts.features * (train_examples(spec) + facts.validation + facts.test)
    learned = sum(parameters) * len(spec.seeds) * 4 * 4
    activations = 4 * 4 * batch * sum(widths)
    return PROCESS_BYTES + data + learned + activations


def _telemetry_bytes(spec: RunSpec, classes: int, examples: int) -> int:
    """Points of the scalar series and values of the vectors."""
    manifest = build_manifest(spec, classes, examples)
    units = {layer.index: layer.units for layer in manifest.layers}
    every_step, evaluated = points_of(spec.steps), points_of(spec.steps // spec.evaluate_every + 1)
    vectors = _vectors(spec.steps, spec.probes.distributions_every)
    boundaries = _vectors(spec.steps, spec.probes.boundary_every)
    total = 0
    for series in manifest.series:
        if series.statistic == "boundary":
            total += boundaries * 4 * (BOUNDARY_CELLS**2 + 3)
        elif series.vector:
            length = spec.probes.histogram_bins + 2 if series.statistic == "histogram" else units[series.layer or 1]
            total += vectors * 4 * (length + 3)
        else:
            points = evaluated if series.statistic.startswith("validation") else every_step
            total += points * POINT_BYTES
    return total


def _vectors(steps: int, every: int) -> int:
    """How many vectors of a series are kept at most."""
    return min(MAX_VECTORS, steps // every + 1) if every else 0


def _seconds(value: float) -> str:
    """Three digits and a unit that a person can picture."""
    divisor, unit = (1, "s") if value <= 120 else (60, "minutes") if value <= 7_200 else (3_600, "hours")
    amount = value / divisor
    return f"{amount:,.0f} {unit}" if amount >= 100 else f"{amount:.3g} {unit}"


def _bytes(value: float) -> str:
    return f"{value / 1e9:,.3g} GB" if value >= 1e9 else f"{value / 1e6:,.0f} MB"
