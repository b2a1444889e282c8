"""What one observation of each costly schedule takes, beside the step of the same network, and how long nobody asks.

    python -m tests.benchmarks.bench_instruments

The paper's network on random data of MNIST's size and the ten convolutions on that of the digits, with BatchNorm, one
thread; the lower quartile of several calls. The longest time between two questions for commands is one of CPU time, of
the best of three calls.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch.nn import functional as F

from normscope.core.catalog import DATASETS
from normscope.core.cost import COSTLY, observation_seconds, step_seconds
from normscope.core.presets import preset
from normscope.core.spec import RunSpec
from normscope.training.examples import fixed_examples
from normscope.training.measurements import Ask, along_the_gradient, modes, noise
from normscope.training.replicate import Replicate, build_replicates


def seconds(call: Callable[[], object], times: int) -> float:
    """Lower quartile of the duration of ``call``."""
    taken: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 4]


def longest(call: Callable[[Ask], object]) -> float:
    """CPU seconds between two questions of ``call``, at most."""
    times: list[float] = []

    def ask() -> None:
        times.append(time.thread_time())

    ask()
    call(ask)
    ask()
    return max(after - before for before, after in pairwise(times))


def step(replicate: Replicate, x: torch.Tensor, y: torch.Tensor) -> None:
    """What is there without measuring."""
    loss = F.cross_entropy(replicate.model(x), y)
    loss.backward()  # type: ignore[no-untyped-call]
    replicate.learn(0.01, None)


def measure(spec: RunSpec) -> None:
    """Print what each schedule costs one network of ``spec``."""
    facts = DATASETS[spec.dataset.kind]
    replicate = build_replicates(spec, facts.features, facts.classes)[1]
    splits = [
        (torch.randn(n, facts.features), torch.randint(0, facts.classes, (n,)))
        for n in (min(facts.train, 4000), min(facts.validation, 1000))
    ]
    examples = fixed_examples(spec, replicate.model.plan, splits[0], splits[1])
    x, y = splits[0][0][: spec.batch_size], splits[0][1][: spec.batch_size]
    bare = seconds(lambda: step(replicate, x, y), 100)
    print(f"{spec.name}: bare step {1e3 * bare:.2f} ms")
    calls: dict[str, Callable[[Ask], object]] = {
        "modes": lambda ask: modes(spec, replicate, examples, ask),
        "landscape": lambda ask: along_the_gradient(spec, replicate, examples, 1, None, ask),
        "noise": lambda ask: noise(spec, replicate, examples, 1, ask),
    }
    plan = replicate.model.plan
    modelled = step_seconds(plan, spec.batch_size)
    for schedule in COSTLY:
        call = calls[schedule]
        took = seconds(lambda call=call: call(lambda: None), 9)  # type: ignore[misc]
        unasked = min(longest(call) for _ in range(3))
        estimate = observation_seconds(schedule, plan, spec, facts.train)
        print(
            f"  {schedule:10} {1e3 * took:8.1f} ms = {took / bare:6.1f} steps "
            f"(estimated {1e3 * estimate:.1f} ms = {estimate / modelled:.1f} steps), "
            f"{1e3 * unasked:.1f} ms at most between two questions"
        )


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    for identifier in ("paper-mnist", "convolutions"):
        found = preset(identifier)
        assert found is not None
        measure(found.spec)


if __name__ == "__main__":
    main()
