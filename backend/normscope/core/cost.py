"""What a spec will cost, before anything is allocated: seconds, memory and telemetry, and the limits on them.

Seconds are those of one thread of a laptop-class core, calibrated on ``paper-mnist`` (two networks, 4,000 steps: about
12 s). A server scales them by what its own recent runs took.
"""

from __future__ import annotations

from dataclasses import dataclass

from normscope.core.catalog import DATASETS
from normscope.core.check import train_examples
from normscope.core.manifest import Series, build_manifest, steps_per_epoch
from normscope.core.network import NetworkPlan, examples_at_once, plan_of
from normscope.core.norm_facts import has_scale, has_shift
from normscope.core.redundant import bias_is_kept
from normscope.core.spec import ArmSpec, RunSpec
from normscope.core.statistics import (
    BOUNDARY_CELLS,
    HISTOGRAMS,
    LANDSCAPE_EXAMPLES,
    NOISE_BATCHES,
    NOISE_DRAWS,
    PROBED_EXAMPLES,
    SLICE,
    WHOLE_EXAMPLES,
    Schedule,
    every,
    noise_draws,
)
from normscope.errors import CostLimitError

STEP_SECONDS = 1.5e-4
"""Of one network's step besides its layers: optimizer, bookkeeping."""
LAYER_SECONDS = 1.0e-4
"""Of one layer's forward, backward and measuring, whatever its size."""
CONVOLUTION_SECONDS = 1.2e-4
"""The same of a convolution, besides."""
FLOPS = 45e9
"""Floating-point operations a second that one thread sustains on such matrices."""
EVALUATION_FLOPS = 45e9
CONVOLUTION_FLOPS = 60e9
"""The same of convolutions."""
VALUE_SECONDS = 7e-9
"""Of one value of a convolution's output: norm, activation, their gradients, measuring."""
LANDSCAPE_TIMES = 1.5
"""The landscape takes more than its passes: percentiles, distances, copies of all gradients."""
PROCESS_BYTES = 300_000_000
"""Of a worker with torch and its libraries."""
WINDOW_POINTS = 1_000
"""Points of a series until its windows double."""
POINT_BYTES = 20
MAX_VECTORS = 500
"""Vectors that are kept of each series."""
COSTLY: tuple[Schedule, ...] = ("modes", "landscape", "noise")
"""Schedules whose observations take many steps' time."""


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
    width_path: str
    """The field of the spec that widens the layers."""


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
    plan = plan_of(spec)
    networks = len(spec.arms) * len(spec.seeds)
    batch = min(spec.batch_size, examples)
    steps = steps_per_epoch(examples, spec.batch_size, spec.drop_last)
    parameters = tuple(_parameters(plan, spec, arm) for arm in spec.arms)
    step = STEP_SECONDS + step_seconds(plan, batch)
    evaluations = spec.steps // spec.evaluate_every + 1
    evaluation = _evaluation_seconds(plan)
    seconds = sum(
        networks * observations(spec, schedule) * observation_seconds(schedule, plan, spec, examples)
        for schedule in COSTLY
    )
    seconds += networks * (spec.steps * step + evaluation * (evaluations * facts.validation + facts.test))
    return Estimate(
        seconds=scale * seconds,
        networks=networks,
        parameters=parameters,
        steps_per_epoch=steps,
        epochs=spec.steps / steps,
        memory_bytes=_memory_bytes(spec, plan, parameters, batch),
        telemetry_bytes=_telemetry_bytes(spec, facts.classes, examples),
        width_path={"mlp": "model.hidden", "cnn": "model.convolutions", "resnet": "model.width"}[spec.model.kind],
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
            cost.width_path,
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


def step_seconds(plan: NetworkPlan, batch: int) -> float:
    """Two operations a weight, position and example, three times (forward, two gradients); the input needs none."""
    seconds = 0.0
    for index, layer in enumerate((*plan.layers, *plan.projections)):
        flops = 2.0 * batch * layer.weights * layer.positions * (3 if index else 2)
        values = batch * layer.units * layer.positions
        seconds += LAYER_SECONDS + flops / (CONVOLUTION_FLOPS if layer.kernel else FLOPS)
        seconds += CONVOLUTION_SECONDS + values * VALUE_SECONDS if layer.kernel else 0.0
    return seconds


def observations(spec: RunSpec, schedule: Schedule) -> int:
    """How often a costly schedule observes a network: at the first step, every nth and the last."""
    each = every(spec, schedule)
    return spec.steps // each + 2 if each else 0


def observation_seconds(schedule: Schedule, plan: NetworkPlan, spec: RunSpec, examples: int) -> float:
    """Of one observation of one network with BatchNorm, first seed, in passes forward and back; forward is a third."""
    batch = min(spec.batch_size, examples)

    def both(size: int) -> float:
        return STEP_SECONDS + step_seconds(plan, size)

    at_once = examples_at_once(plan, batch)
    match schedule:
        case "modes":  # twice in minibatches, twice at once; identity also in float64, scale
            minibatches = (min(PROBED_EXAMPLES, examples) + min(WHOLE_EXAMPLES, examples)) // batch
            evaluations = 3 * PROBED_EXAMPLES * _evaluation_seconds(plan)
            return 2 * STEP_SECONDS + (minibatches / 3 + 4) * both(batch) + evaluations
        case "landscape":  # 5 gradients and 16 losses of the slice, then half a pass back for each layer
            size = min(LANDSCAPE_EXAMPLES, examples, at_once)
            return LANDSCAPE_TIMES * (5 + 16 / 3 + 2 / 3 * len(plan.layers)) * both(size)
        case "noise":
            sizes = [size for size in NOISE_BATCHES if size <= examples]
            curve = sum(noise_draws(size) * both(size) for size in sizes)
            return both(min(WHOLE_EXAMPLES, examples, at_once)) + NOISE_DRAWS * both(batch) + curve
        case _:
            return 0.0


def _evaluation_seconds(plan: NetworkPlan) -> float:
    """Of one example's forward pass."""
    seconds = 0.0
    for layer in (*plan.layers, *plan.projections):
        rate = CONVOLUTION_FLOPS if layer.kernel else EVALUATION_FLOPS
        seconds += 2.0 * layer.weights * layer.positions / rate
        seconds += layer.units * layer.positions * VALUE_SECONDS / 4 if layer.kernel else 0.0
    return seconds


def _parameters(plan: NetworkPlan, spec: RunSpec, arm: ArmSpec) -> int:
    """Weights and biases, scale and shift of the norms (RMSNorm has no shift)."""
    per_unit = has_scale(arm.norm) + has_shift(arm.norm)
    count = 0
    for layer in (*plan.layers, *plan.projections):
        count += layer.weights + (layer.units if bias_is_kept(spec, arm, layer) else 0)
    count += per_unit * sum(layer.units for layer in plan.normed)
    if arm.norm.kind != "none" and arm.norm.placement == "before_activation":
        count += per_unit * sum(layer.units for layer in plan.projections)
    return count


def _memory_bytes(spec: RunSpec, plan: NetworkPlan, parameters: tuple[int, ...], batch: int) -> int:
    """Data, parameters with gradient and optimizer state, and the activations of one network at a time."""
    facts = DATASETS[spec.dataset.kind]
    data = 4 * facts.features * (train_examples(spec) + facts.validation + facts.test)
    learned = sum(parameters) * len(spec.seeds) * 4 * 4
    values = facts.features + sum(layer.units * layer.positions for layer in (*plan.layers, *plan.projections))
    at_once = max(batch, plan.evaluation_batch // 4)
    for each, most in ((spec.probes.landscape_every, LANDSCAPE_EXAMPLES), (spec.probes.noise_every, WHOLE_EXAMPLES)):
        if each:
            at_once = max(at_once, min(most, examples_at_once(plan, batch)))
    return PROCESS_BYTES + data + learned + 4 * 4 * values * at_once


def _telemetry_bytes(spec: RunSpec, classes: int, examples: int) -> int:
    """Points of the scalar series and values of the vectors."""
    manifest = build_manifest(spec, classes, examples)
    units = {layer.index: layer.units for layer in manifest.layers}
    total = 0
    for series in manifest.series:
        count = spec.steps // every(spec, series.schedule) + 2  # the first step and the last may come besides
        if series.vector:
            total += min(MAX_VECTORS, count) * 4 * (_length(series, spec, units) + 3)
        else:
            total += points_of(count) * POINT_BYTES
    return total


def _length(series: Series, spec: RunSpec, units: dict[int, int]) -> int:
    """Numbers in one vector of ``series``."""
    if series.statistic in HISTOGRAMS:
        return spec.probes.histogram_bins + 2
    others = {"boundary": BOUNDARY_CELLS**2, "loss_slice": len(SLICE), "cosine_by_batch_size": len(NOISE_BATCHES)}
    return others.get(series.statistic) or units[series.layer or 1]


def _seconds(value: float) -> str:
    """Three digits and a unit that a person can picture."""
    divisor, unit = (1, "s") if value <= 120 else (60, "minutes") if value <= 7_200 else (3_600, "hours")
    amount = value / divisor
    return f"{amount:,.0f} {unit}" if amount >= 100 else f"{amount:.3g} {unit}"


def _bytes(value: float) -> str:
    return f"{value / 1e9:,.3g} GB" if value >= 1e9 else f"{value / 1e6:,.0f} MB"
