"""What every statistic costs: one observation of it on the paper's network, and its share of a step by default.

    python -m tests.benchmarks.bench_statistics

784-100-100-100-10, sigmoid, batch 60, random data of MNIST's size, one thread; without a norm and with BatchNorm; all
layers together. Each by itself, the lower quartile of many calls: what is computed together stands in one row. A share
is of the step of both networks, in a run of 4,000 steps, vectors as they are kept then (``is_kept``); schedules
that are off by default have none.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.manifest import build_manifest
from normscope.core.spec import RunSpec
from normscope.core.statistics import BOUNDARY_CELLS, Schedule, Statistic, every
from normscope.probes.activation import RELU, SIGMOID, dead, mean_variance, saturated
from normscope.probes.activation_gradients import ActivationGradients
from normscope.probes.boundary import boundary, grid
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.probes.distribution import percentiles
from normscope.probes.gradient import norm
from normscope.probes.histogram import histogram
from normscope.probes.normalization import gaps, mean_spread
from normscope.probes.unit import unit_moments, unit_saturation
from normscope.training import measurements
from normscope.training.evaluate import evaluate
from normscope.training.examples import fixed_examples
from normscope.training.layer_probes import seen_of
from normscope.training.lean import backward
from normscope.training.readings import measured
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate, build_replicates
from normscope.training.vectors import is_kept
from normscope.training.warm import cache_kernels
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.bench_probes import Nowhere

STEPS = 4000
Cost = tuple[tuple[Statistic, ...], Schedule, float]
"""What is computed together, when, and the microseconds of one observation of one network."""
PARTS: dict[str, tuple[tuple[Statistic, ...], Schedule]] = {
    "compare_modes": (
        ("train_mode_loss", "train_mode_accuracy", "eval_mode_loss", "eval_mode_accuracy", "mode_logit_gap"),
        "modes",
    ),
    "make_precise": (("precise_loss", "precise_accuracy"), "modes"),
    "identity_error": (("identity_error", "identity_error_64"), "modes"),
    "scale_invariance": (("scale_error", "scale_gradient_ratio"), "modes"),
    "variance_shift": (("variance_shift",), "modes"),
    "landscape": (
        (
            *("landscape_loss_low", "landscape_loss_high", "gradient_distance_low", "gradient_distance_high"),
            *("effective_smoothness", "relative_gradient_change", "loss_slice"),
        ),
        "landscape",
    ),
    "covariate_shift": (("covariate_shift", "covariate_shift_cosine"), "landscape"),
    "_drifts": (("activation_drift",), "landscape"),
    "GradientNoise": (("gradient_cosine", "gradient_noise_scale", "gradient_bias", "cosine_by_batch_size"), "noise"),
}
"""By the function that ``training/measurements.py`` calls for them; the rest of its time is copies of networks."""


def microseconds(call: Callable[[], object], times: int = 400) -> float:
    """Lower quartile of the duration of ``call``."""
    call()
    taken: list[int] = []
    for _ in range(times):
        start = time.perf_counter_ns()
        call()
        taken.append(time.perf_counter_ns() - start)
    return sorted(taken)[times // 4] / 1e3


@dataclass
class Passed:
    """A network after a forward and a backward pass on a minibatch."""

    replicate: Replicate
    x: Tensor
    y: Tensor

    def __post_init__(self) -> None:
        self.trace: list[Tensor] = []
        self.norms: list[Tensor] = []
        self.kept = ActivationGradients(3)
        self.logits = self.replicate.model(self.x, self.trace, self.norms)
        self.loss = F.cross_entropy(self.logits, self.y)
        self.kept.watch(self.trace[1::2])
        backward(self.loss)
        self.gradients = self.kept.take()
        self.own = [(parameter, parameter.grad) for parameter in self.replicate.model.parameters()]

    def restore(self) -> None:
        """Its gradients are there again."""
        for parameter, gradient in self.own:
            parameter.grad = gradient

    def step(self) -> None:
        """What is there without measuring."""
        backward(F.cross_entropy(self.replicate.model(self.x), self.y))
        self.replicate.learn(0.01, None)

    def backward_keeping(self, keeping: bool) -> Callable[[], float]:
        """Seconds of a backward pass that keeps, or does not keep, the activations' gradients."""

        def once() -> float:
            trace: list[Tensor] = []
            loss = F.cross_entropy(self.replicate.model(self.x, trace), self.y)
            start = time.perf_counter()
            if keeping:
                self.kept.watch(trace[1::2])
            backward(loss)
            if keeping:
                self.kept.take()
            seconds = time.perf_counter() - start
            self.replicate.forget_gradients()
            return seconds

        return once


def arrays(tensors: list[Tensor]) -> list[Any]:
    """As [batch, units, positions]."""
    return [each.detach().numpy().reshape(*each.shape[:2], -1) for each in tensors]


def each_step(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """Scalars of every step."""
    z, a = arrays(passed.trace[::2]), arrays(passed.trace[1::2])
    logits = passed.logits.detach().numpy()
    gradients = [layer.weight.grad.numpy() for layer in passed.replicate.model.weighted_layers()]  # type: ignore[union-attr]
    what = measured(
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
    yield ("learning_rate",), "step", microseconds(lambda: passed.replicate.rate(7, STEPS))


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
    weights = [layer.weight.detach().numpy() for layer in passed.replicate.model.weighted_layers()]
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


@contextmanager
def timed(taken: dict[str, list[float]]) -> Iterator[None]:
    """The functions of ``PARTS`` tell what they take."""
    originals = {name: getattr(measurements, name) for name in PARTS}

    def telling(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            found = call(*arguments, **options)
            found = list(found) if isinstance(found, Iterator) else found
            taken[name].append(time.perf_counter() - start)
            return found

        return told

    for name, call in originals.items():
        setattr(measurements, name, telling(name, call))
    try:
        yield
    finally:
        for name, call in originals.items():
            setattr(measurements, name, call)


def on_copies(passed: Passed, spec: RunSpec) -> Iterator[Cost]:
    """The costly schedules."""
    splits = [(torch.rand(n, 784), torch.randint(0, 10, (n,))) for n in (4000, 1000)]
    examples = fixed_examples(spec, passed.replicate.model.plan, splits[0], splits[1])
    taken: dict[str, list[float]] = defaultdict(list)
    calls: list[Callable[[], object]] = [
        lambda: measurements.modes(spec, passed.replicate, examples),
        lambda: measurements.along_the_gradient(spec, passed.replicate, examples, 1, None),
        lambda: measurements.noise(spec, passed.replicate, examples, 1),
    ]
    with timed(taken):
        whole = [microseconds(call, 8) for call in calls]
    for name, seconds in taken.items():
        statistics, schedule = PARTS[name]
        if schedule != "noise":
            calls_each = round(len(seconds) / 9)  # identity: float32 and float64
            yield statistics, schedule, 1e6 * calls_each * sorted(seconds)[len(seconds) // 4]
    yield PARTS["GradientNoise"][0], "noise", whole[2]


def together(passed: Passed, spec: RunSpec) -> dict[str, float]:
    """What a step really calls."""
    seen = seen_of(spec, passed.replicate)
    observer, own, vectors = (
        CompiledObserver(measured(spec, passed.replicate), np.zeros((1, 64)), 0),
        CompiledDetails(seen),
        CompiledVectors(seen),
    )
    passed.restore()
    own._gradients.take = lambda: passed.gradients  # type: ignore[method-assign]
    trace, norms = passed.trace, passed.norms
    return {
        "all scalars of a step, one call": microseconds(
            lambda: observer.scalars(passed.loss, passed.logits, passed.y, trace, 0)
        ),
        "all details before the update, every 10th step": microseconds(
            lambda: own.measure(passed.loss, norms, 60, 0.1)
        ),
        "the same where the step before was measured too": microseconds(
            lambda: (own.finish(), own.measure(passed.loss, norms, 60, 0.1, again=True))
        )
        - microseconds(own.finish),
        "all details after the update": microseconds(own.finish),
        "all vectors, one call": microseconds(lambda: vectors.measure(trace, norms)),
        "the bare step": microseconds(passed.step),
    }


def share_of_steps(spec: RunSpec, schedule: Schedule) -> float:
    """Observations a step, by default; MNIST has no plane whose boundary could be seen."""
    if schedule == "boundary":
        return 0.0
    spacing = every(spec, schedule)
    if schedule == "distributions":
        return sum(is_kept(step, spacing, STEPS) for step in range(1, STEPS + 1)) / STEPS
    return 1 / spacing if spacing else 0.0


def main() -> None:
    """Measure and print; every statistic has a row."""
    torch.set_num_threads(1)
    spec = paper(STEPS, probes=True)
    with tempfile.TemporaryDirectory() as cache:
        cache_kernels(Path(cache))
        replicates = build_replicates(spec, 784, 10)
        x, y = torch.rand(60, 784), torch.randint(0, 10, (60,))
        networks = [Passed(replicate, x, y) for replicate in replicates]
        costs: dict[tuple[Statistic, ...], tuple[Schedule, list[float]]] = {}
        for index, passed in enumerate(networks):
            for part in (each_step, details, distributions, evaluation, on_copies):
                for names, schedule, took in part(passed, spec):
                    costs.setdefault(names, (schedule, [0.0, 0.0]))[1][index] = took
        for names, schedule, took in of_the_run(spec, replicates):
            costs[names] = (schedule, [took, took])
        wholes = [together(passed, spec) for passed in networks]
    missing = set(get_args(Statistic)) - {name for names in costs for name in names}
    assert not missing, f"without a row: {sorted(missing)}"
    bare = sum(whole["the bare step"] for whole in wholes)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    print("| statistics | without a norm | BatchNorm | observed | share of the step |\n|---|---|---|---|---|")
    for names, (schedule, took) in costs.items():
        share = share_of_steps(spec, schedule)
        columns = " | ".join(shown(each) for each in took)
        listed = ", ".join(f"`{name}`" for name in names)
        print(f"| {listed} | {columns} | {schedule} | {f'{sum(took) * share / bare:.2%}' if share else 'none'} |")
    print("\n| together | without a norm | BatchNorm |\n|---|---|---|")
    for title in wholes[0]:
        print(f"| {title} | {' | '.join(shown(whole[title]) for whole in wholes)} |")


def shown(took: float) -> str:
    """With its unit."""
    if took == 0.0:
        return "-"
    return f"{took:.1f} us" if took < 1000 else f"{took / 1e3:.1f} ms"


if __name__ == "__main__":
    main()
