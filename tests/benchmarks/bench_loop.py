"""What measuring costs: train() with all probes and a sink that encodes, against a bare PyTorch loop and other habits.

    python -m tests.benchmarks.bench_loop --steps 4000 --rounds 5

Everything in one process, in interleaved rounds; the table shows the median time of each loop and the median over
rounds of its ratio to the bare loop of the same round: of wall-clock, and of processor time (all threads of the
process), which stays meaningful while other programs are busy. All loops train both networks of the Batch
Normalization paper (without a norm, and with BatchNorm) on the same tensors and evaluate alike.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from normscope.core.spec import (
    ArmSpec,
    BatchNorm,
    DataSetSpec,
    MlpSpec,
    NoNorm,
    NormalInitialisation,
    ProbeSpec,
    RunSpec,
    Sgd,
)
from normscope.settings import Settings
from normscope.training.data import load
from normscope.training.loop import train
from normscope.training.splits import DataSet
from normscope.training.warm import warm
from tests.benchmarks.habits import HABITS, Habit
from tests.benchmarks.peers import bare, dataloader, indexed, learn, network, pillow_available, tutorial
from tests.benchmarks.sink import EncodingSink, Undisturbed


def paper(steps: int, probes: bool) -> RunSpec:
    """The paper's networks on MNIST."""
    return RunSpec(
        dataset=DataSetSpec(kind="mnist"),
        model=MlpSpec(hidden=(100, 100, 100), activation="sigmoid"),
        arms=(ArmSpec(name="no norm", norm=NoNorm()), ArmSpec(name="BatchNorm", norm=BatchNorm())),
        optimizer=Sgd(learning_rate=0.1),
        initialisation=NormalInitialisation(std=0.1),
        batch_size=60,
        steps=steps,
        evaluate_every=100,
        probes=ProbeSpec() if probes else ProbeSpec(layers=False, distributions_every=0),
    )


def ours(data: DataSet, steps: int, probes: bool) -> None:
    """train(), with a sink that encodes every emission on a thread of its own."""
    sink = EncodingSink()
    train(paper(steps, probes), data, sink=sink, control=Undisturbed())
    sink.close()


def theirs(data: DataSet, steps: int, habit: Habit) -> None:
    """The bare loop, and what a habit measures."""
    models = [network(False), network(True)]
    with habit.enter(models) as logging:
        learn(data, indexed(data, steps), models, logging.log)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=4000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    options.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as cache:
        warm(Path(cache))
        data = load(DataSetSpec(kind="mnist"), chosen.datasets, cache=Path(cache), download=False)
        quick = [habit for habit in HABITS if habit.slowness <= 2]
        loops: dict[str, Callable[[], None]] = {
            "bare PyTorch loop, fused SGD": lambda: bare(data, chosen.steps),
            "NormScope, probes and stream": lambda: ours(data, chosen.steps, True),
            "NormScope, loss and accuracy only": lambda: ours(data, chosen.steps, False),
        }
        if chosen.peers:
            loops["DataLoader over a TensorDataset"] = lambda: dataloader(data, chosen.steps)
            if pillow_available():
                loops["DataLoader that decodes images"] = lambda: tutorial(data, chosen.steps)
            for habit in quick:
                if habit.available():
                    loops[habit.title] = lambda habit=habit: theirs(data, chosen.steps, habit)  # type: ignore[misc]
        seconds = measure(loops, chosen.rounds)
    report(seconds, chosen.steps, chosen.rounds)
    for name, there in (("Pillow", pillow_available()), *((habit.title, habit.available()) for habit in quick)):
        if chosen.peers and not there:
            print(f"{name}: not installed")


def measure(loops: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds (wall-clock, processor) of each loop in each round; the order turns from round to round."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in loops}
    names = list(loops)
    for index in range(rounds):
        turn = index % len(names)
        for name in names[turn:] + names[:turn]:
            gc.collect()
            start, busy = time.perf_counter(), time.process_time()
            loops[name]()
            seconds[name].append((time.perf_counter() - start, time.process_time() - busy))
    return seconds


def report(seconds: dict[str, list[tuple[float, float]]], steps: int, rounds: int) -> None:
    """The table, with the machine and the command."""
    base = next(iter(seconds.values()))
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    print(f"command: python {' '.join(sys.argv)}")
    print(f"{steps} steps x 2 networks, {rounds} rounds\n")
    head = f"{'loop':34} {'seconds':>8} {'ratio':>6} {'cpu s':>7} {'us/step/net':>12} {'ratio':>6}"
    print(f"{head}  cpu ratio of each round")
    for name, values in seconds.items():
        wall = statistics.median(value[0] for value in values)
        busy = statistics.median(value[1] for value in values)
        walls = [value[0] / bare[0] for value, bare in zip(values, base, strict=True)]
        ratios = [value[1] / bare[1] for value, bare in zip(values, base, strict=True)]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios)
        print(
            f"{name:34} {wall:8.2f} {statistics.median(walls):6.3f} {busy:7.2f} {busy / steps / 2 * 1e6:12.0f} "
            f"{statistics.median(ratios):6.3f}  {each}"
        )


if __name__ == "__main__":
    main()
