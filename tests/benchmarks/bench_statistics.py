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
from pathlib import Path
from typing import get_args

import numpy as np
import torch

from normscope.core.spec import RunSpec
from normscope.core.statistics import Schedule, Statistic, every
from normscope.probes.compiled_details import CompiledDetails
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.training.layer_probes import seen_of
from normscope.training.readings import measured_of
from normscope.training.replicate import build_replicates
from normscope.training.vectors import is_kept
from normscope.training.warm import cache_kernels
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.costs_in_a_step import details, distributions, each_step, evaluation, of_the_run
from tests.benchmarks.costs_on_copies import on_copies
from tests.benchmarks.passed import Passed, microseconds

STEPS = 4000


def together(passed: Passed, spec: RunSpec) -> dict[str, float]:
    """What a step really calls."""
    seen = seen_of(spec, passed.replicate)
    observer, own, vectors = (
        CompiledObserver(measured_of(spec, passed.replicate), np.zeros((1, 64)), 0),
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
