"""What measuring costs, fairly on a busy machine: train() and a bare loop take turns every 50 steps.

    python -m tests.benchmarks.bench_overhead --steps 4000

Both train the paper's two networks on MNIST and evaluate alike, in one process on one thread, each for some tenth of a
second before the other goes on; so whatever else the machine does falls on both. The processor time of train() includes
the thread that encodes. The bare loop runs inside the control that train() asks between steps.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import torch

from normscope.core.control import Machine
from normscope.core.spec import DataSetSpec
from normscope.settings import Settings
from normscope.training.data import load
from normscope.training.loop import train
from normscope.training.splits import DataSet
from normscope.training.warm import warm
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.peers import indexed, network, steps_of
from tests.benchmarks.sink import EncodingSink

BLOCK = 50
CALLS = 55
"""Times that the loop asks for commands in 50 steps: once a step, and ten times in each evaluation every 100."""


class TakingTurns:
    """A control that, instead of commanding, lets the bare loop make 50 steps after each 50 of the other."""

    def __init__(self, data: DataSet, steps: int) -> None:
        self._bare = steps_of(data, indexed(data, steps), [network(False), network(True)])
        self._calls = 0
        self.wall = 0.0
        self.processor = 0.0

    applied = 0

    @property
    def pending(self) -> bool:
        """Never; but it takes its time."""
        self._calls += 1
        if self._calls % CALLS == 0:
            self.turn(BLOCK)
        return False

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        """Go on."""
        return True

    def turn(self, steps: int | None) -> None:
        """Some steps of the bare loop, or all that are left."""
        wall, processor = time.perf_counter(), time.thread_time()
        for index, _ in enumerate(self._bare, 1):
            if index == steps:
                break
        self.wall += time.perf_counter() - wall
        self.processor += time.thread_time() - processor


def compare(data: DataSet, steps: int, probes: bool) -> tuple[float, float, float, float]:
    """Wall-clock and processor seconds: of train(), of the bare loop."""
    sink, control = EncodingSink(), TakingTurns(data, steps)
    wall, processor = time.perf_counter(), time.thread_time()
    train(paper(steps, probes), data, sink=sink, control=control)
    sink.close()
    wall, processor = time.perf_counter() - wall - control.wall, time.thread_time() - processor - control.processor
    control.turn(None)
    return wall, processor + sink.processor, control.wall, control.processor


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=4000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    print(f"command: python {' '.join(sys.argv)}")
    print(f"{chosen.steps} steps x 2 networks, in turns of {BLOCK} steps\n")
    print(f"{'':36} {'seconds':>8} {'bare':>8} {'ratio':>6} {'cpu s':>8} {'bare':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as cache:
        warm(Path(cache))
        data = load(DataSetSpec(kind="mnist"), chosen.datasets, cache=Path(cache), download=False)
        compare(data, 200, True)
        for _ in range(chosen.rounds):
            for title, probes in (("probes and stream", True), ("loss and accuracy only, and stream", False)):
                wall, cpu, bare_wall, bare_cpu = compare(data, chosen.steps, probes)
                print(
                    f"{title:36} {wall:8.2f} {bare_wall:8.2f} {wall / bare_wall:6.3f} "
                    f"{cpu:8.2f} {bare_cpu:8.2f} {cpu / bare_cpu:6.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
