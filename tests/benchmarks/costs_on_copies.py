"""What statistics cost that are taken on copies of a network: both modes, the landscape, the gradient's noise."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from normscope.core.spec import RunSpec
from normscope.core.statistics import Schedule, Statistic
from normscope.training import measurements
from normscope.training.examples import fixed_examples
from tests.benchmarks.passed import Cost, Passed, microseconds

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
