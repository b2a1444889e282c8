"""What the observer costs: train() with more and more probes, a bare PyTorch loop and others' habits take turns.

    python -m tests.benchmarks.bench_observer --network mlp --seconds 150

Both arms (no norm, BatchNorm) of the paper's network on MNIST at batch 60, or of a VGG-like network at batch 128; one
process, one thread, no evaluation. The bare loop takes two turns in each round: the second shows the machine's noise.
What a package does in other processes (wandb) is in no processor time. (c) keeps vectors as any run does: fewer and
fewer, at first all that are due. (d) and (e) thin nothing out. What each measures of every layer, at every step:

(a) mean and variance of z and a, saturated share, norm of the weight's gradient
(b) (a); every 10 steps details (norms of the weight, its update, the activation's gradient; summaries of the norms) and
    vectors (all of (e), as kept)
(c) (a), details; vectors as kept
(d) (a), details, and of the vectors percentiles of each unit and histogram of z, with its least and greatest value: the
    full set of the study before this project, but for least and greatest of a, with more of gradients and weights
(e) (a), details, and all vectors: (d)'s, each unit's saturation and moments, what the norms hold, histograms of what
    enters and leaves them and of all weights
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import torch

from normscope.core.spec import CnnSpec, DataSetSpec, ProbeSpec, RunSpec, Sgd
from normscope.settings import Settings
from normscope.training.data import load
from normscope.training.readings import BuildReadings, readings_of
from normscope.training.splits import DataSet
from normscope.training.warm import warm
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.full_sets import Everything, InputsOnly
from tests.benchmarks.habits import HABITS
from tests.benchmarks.peers import indexed, network, steps_of, vgg
from tests.benchmarks.turns import Plain, Training, Turn, report, take_turns

STEPS = 1_000_000
"""More than anybody makes."""
PROBES = {
    "NormScope: loss and accuracy": ProbeSpec(layers=False, distributions_every=0, details_every=0),
    "(a) + layers: mean, variance, saturation, gradient": ProbeSpec(distributions_every=0, details_every=0),
    "(b) the default: the rest every 10 steps": ProbeSpec(),
    "(c) everything at every step, vectors as kept": ProbeSpec(distributions_every=1, details_every=1),
}
UNTHINNED = {
    "(d) the study's full set at every step": InputsOnly,
    "(e) everything at every step, every vector": Everything,
}


def spec_of(name: str, probes: ProbeSpec) -> RunSpec:
    """The run of network ``name``."""
    changes = {"probes": probes, "evaluate_every": STEPS}
    if name == "vgg":
        model = CnnSpec(convolutions=(32, 32, "pool", 64, 64, "pool", 128, 128), hidden=(128,), activation="relu")
        changes |= {"model": model, "batch_size": 128, "optimizer": Sgd(learning_rate=0.01)}
    return paper(STEPS, True).model_copy(update=changes)


def loops_of(name: str, data: DataSet, steps: int, peers: bool, stack: ExitStack) -> dict[str, tuple[Turn, int]]:
    """All loops, each with its steps a turn, and what is to be closed at the end."""
    build, batch, rate = (vgg, 128, 0.01) if name == "vgg" else (network, 60, 0.1)
    loop = partial(steps_of, data, rate=rate, evaluate_every=None)
    loops: dict[str, tuple[Turn, int]] = {}
    for title in ("bare PyTorch loop", "bare PyTorch loop, again"):
        loops[title] = Plain(loop(indexed(data, None, batch), [build(False), build(True)])), steps
    for title, probes in PROBES.items():
        loops[title] = ours(spec_of(name, probes), data, stack), steps
    for title, readings in UNTHINNED.items():
        probes = ProbeSpec(distributions_every=1, details_every=1)
        loops[title] = ours(spec_of(name, probes), data, stack, readings), steps
    for habit in HABITS if peers else ():
        if not habit.available():
            print(f"{habit.title}: not installed (pip install '.[bench]')")
            continue
        models = [build(False), build(True)]
        logging = stack.enter_context(habit.enter(models))
        own = Plain(loop(indexed(data, None, batch), models, logging.log), logging.rest)
        loops[habit.title] = own, max(1, steps // habit.slowness)
    return loops


def ours(spec: RunSpec, data: DataSet, stack: ExitStack, readings: BuildReadings = readings_of) -> Training:
    """train(), ended with the benchmark."""
    training = Training(spec, data, readings)
    stack.callback(training.close)
    return training


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--network", choices=("mlp", "vgg"), default="mlp")
    options.add_argument("--seconds", type=float, default=150)
    options.add_argument("--steps", type=int, help="of a turn; default: 100 of the MLP, 1 of the VGG-like network")
    options.add_argument("--only", nargs="+", help="how the titles begin of what takes turns with the bare loop")
    options.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    options.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    print(f"command: python -m tests.benchmarks.bench_observer {' '.join(sys.argv[1:])}")
    steps = chosen.steps or (1 if chosen.network == "vgg" else 100)
    with tempfile.TemporaryDirectory() as cache, ExitStack() as stack:
        warm(Path(cache))
        data = load(DataSetSpec(kind="mnist"), chosen.datasets, cache=Path(cache), download=False)
        loops = loops_of(chosen.network, data, steps, chosen.peers, stack)
        kept = {title: loop for title, loop in loops.items() if title.startswith(("bare", *(chosen.only or ("",))))}
        times = take_turns(kept, chosen.seconds)
    report(times)


if __name__ == "__main__":
    main()
