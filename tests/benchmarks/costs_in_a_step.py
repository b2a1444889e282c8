"""What statistics cost that are taken within a step or of the run, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from normscope.core.manifest import build_manifest
from normscope.core.spec import RunSpec
from normscope.core.statistics import BOUNDARY_CELLS, Statistic
from normscope.probes.activation import RELU, SIGMOID, dead, mean_variance, saturated
from normscope.probes.boundary import boundary, grid
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.distribution import percentiles
from normscope.probes.gradient import norm
from normscope.probes.histogram import histogram
from normscope.probes.normalization import gaps, mean_spread
from normscope.probes.unit import unit_moments, unit_saturation
from normscope.training.evaluate import evaluate
from normscope.training.layer_probes import seen_of
from normscope.training.readings import measured_of
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate, build_replicates
from tests.benchmarks.passed import Cost, Passed, arrays, microseconds
from tests.benchmarks.sink import Nowhere


def each_step(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """Scalars of every step."""
    z, a = arrays(passed.trace[::2]), arrays(passed.trace[1::2])
    logits = passed.logits.detach().numpy()
    gradients = [layer.weight.grad.numpy() for layer in passed.replicate.model.weighted]  # type: ignore[union-attr]
    what = measured_of(
        spec.model_copy(update={"probes": spec.probes.model_copy(update={"layers": False})}), passed.replicate
    )
    observer = CompiledObserver(what, np.zeros((1, 64)), 0)
    call = microseconds(lambda: observer.scalars(passed.loss, passed.logits, passed.y, passed.trace, 0))
    yield ("train_loss", "train_accuracy"), "step", call
    yield ("input_mean", "input_variance"), "step", microseconds(lambda: [mean_variance(each) for each in z])
    yield (
        ("output_mean", "output_variance"),
        "step",
        microseconds(lambda: [mean_variance(each) for each in (*a, logits)]),
    )
    yield ("saturated",), "step", microseconds(lambda: [saturated(each, SIGMOID) for each in a])
    yield ("dead",), "step", microseconds(lambda: [dead(each, RELU) for each in a])
    yield ("gradient_norm",), "step", microseconds(lambda: [norm(each) for each in gradients])
    yield ("learning_rate",), "step", microseconds(lambda: passed.replicate.rate(7, spec.steps))


def of_the_run(spec: RunSpec, replicates: list[Replicate]) -> Iterator[Cost]:
    """What is measured once for all networks: half of it is each one's."""
    recorder = Recorder(spec, build_manifest(spec, 10, 55_000), replicates, Nowhere())
    yield ("elapsed_seconds",), "step", microseconds(lambda: recorder.elapsed) / 2
    yield ("compute_seconds", "observer_seconds"), "clock", microseconds(lambda: recorder._look_at_clock(10)) / 2


def details(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """Details, on the schedule of theirs."""
    seen = seen_of(spec, passed.replicate)
    own = CompiledDetails(seen)
    gradients = arrays(passed.gradients)
    plain, keeping = (passed.backward_keeping(keeps) for keeps in (False, True))
    times: list[tuple[float, float]] = [(plain(), keeping()) for _ in range(400)]
    free, kept = (sorted(column)[100] for column in zip(*times, strict=True))
    lengths = microseconds(lambda: [norm(each) for each in gradients])
    yield ("activation_gradient_norm",), "details", 1e6 * (kept - free) + lengths
    yield ("weight_norm", "update_ratio", "effective_learning_rate"), "details", microseconds(own.finish)
    if not passed.norms:
        return
    gammas, betas, means, variances = (
        [each.detach().numpy() for each in column if each is not None] for column in zip(*seen.held(), strict=True)
    )
    yield ("gamma_mean", "gamma_spread"), "details", microseconds(lambda: [mean_spread(each) for each in gammas])
    yield ("beta_mean", "beta_spread"), "details", microseconds(lambda: [mean_spread(each) for each in betas])
    mean, variance = np.empty(100), np.empty(100)

    def gap() -> None:
        for entered, running_mean, running_variance in zip(arrays(passed.norms[::2]), means, variances, strict=True):
            unit_moments(entered, mean, variance)
            gaps(mean, variance, running_mean, running_variance, seen.epsilon)

    yield ("batch_mean_gap", "batch_variance_gap"), "details", microseconds(gap)


def distributions(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """Vectors of layers."""
    z, a, entered = arrays(passed.trace[::2]), arrays(passed.trace[1::2]), arrays(passed.norms[::2])
    weights = [layer.weight.detach().numpy() for layer in passed.replicate.model.weighted]
    levels, units = np.empty((3, 100), np.float32), np.empty(100, np.float32)
    counts = np.empty(2 + spec.probes.histogram_bins, np.float32)
    mean, variance = np.empty(100), np.empty(100)
    calls: dict[tuple[Statistic, ...], Callable[[], object]] = {
        ("p15", "p50", "p85"): lambda: [percentiles(each, levels) for each in z],
        ("histogram",): lambda: [histogram(each, counts) for each in z],
        ("unit_saturation",): lambda: [unit_saturation(each, SIGMOID, units) for each in a],
        ("norm_input_mean", "norm_input_variance"): lambda: [
            unit_moments(each, mean, variance) for each in entered or z
        ],
        ("weight_histogram",): lambda: [histogram(each, counts) for each in weights],
    }
    if entered:
        held = [
            each.detach().numpy()
            for column in seen_of(spec, passed.replicate).held()
            for each in column
            if each is not None
        ]
        calls |= {
            ("norm_input_histogram",): lambda: [histogram(each, counts) for each in entered],
            ("norm_output_histogram",): lambda: [np.copyto(counts, counts) for _ in z],  # z's own
            ("running_mean", "running_variance", "gamma", "beta"): lambda: [np.copyto(units, each) for each in held],
        }
    for names, call in calls.items():
        yield names, "distributions", microseconds(call)


def evaluation(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """The validation split, and the plane of a toy set for a network with two inputs."""
    x, y = torch.rand(5000, 784), torch.randint(0, 10, (5000,))
    took = microseconds(lambda: list(evaluate(passed.replicate.model, x, y)), 20)
    yield ("validation_loss", "validation_accuracy"), "evaluation", took
    toy = build_replicates(spec, 2, 10)[passed.replicate.index].model
    points = grid(-1.0, 1.0, BOUNDARY_CELLS)
    yield ("boundary",), "boundary", microseconds(lambda: boundary(toy, points), 20)
