"""What a checkpoint costs: milliseconds of the loop's thread, of the writer's thread, and bytes.

    python -m tests.benchmarks.bench_checkpoint

Two arms on random images, one thread, a checkpoint every few steps of a real run; medians and the slowest. The copy
of the state is made in the loop's thread. The file is written and flushed to the disk at once;
in a run the writer's thread does that.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from normscope.core.catalog import DATASETS
from normscope.core.control import CheckpointKind
from normscope.core.spec import ArmSpec, BatchNorm, Momentum, NoNorm, RunSpec
from normscope.training import checkpoint
from normscope.training.checkpoint import State
from normscope.training.loop import Loop, train
from normscope.training.splits import DataSet, Split
from normscope.training.warm import cache_kernels
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.bench_models import NETWORKS
from tests.benchmarks.sink import EncodingSink, Undisturbed

CHECKPOINTS = 40


class Writing:
    """A keeper that writes the file at once, and knows how long it took."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "state.pt"
        self.seconds: list[float] = []

    def keep(self, step: int, kind: CheckpointKind, save: Callable[[Path], None]) -> None:
        """Write and flush."""
        began = time.perf_counter()
        save(self.file)
        with self.file.open("rb") as written:
            os.fsync(written.fileno())
        self.seconds.append(time.perf_counter() - began)


def images(spec: RunSpec) -> DataSet:
    """Random ones, as large as the data set's."""
    random = np.random.default_rng(0)
    features = DATASETS[spec.dataset.kind].features

    def split(count: int) -> Split:
        return Split(random.standard_normal((count, features)).astype(np.float32), random.integers(0, 10, count))

    return DataSet(spec.dataset.kind, 10, split(1000), split(10), split(10))


def measure(spec: RunSpec, folder: Path) -> tuple[list[float], list[float], int]:
    """Seconds of each copy and of each file, and a file's bytes."""
    copies: list[float] = []
    capture = checkpoint.capture

    def timed(loop: Loop, kind: CheckpointKind) -> State:
        began = time.perf_counter()
        state = capture(loop, kind)
        copies.append(time.perf_counter() - began)
        return state

    writing, sink = Writing(folder), EncodingSink()
    checkpoint.capture = timed
    try:
        train(spec, images(spec), sink=sink, control=Undisturbed(), keeper=writing)
    finally:
        checkpoint.capture = capture
        sink.close()
    return copies, writing.seconds, writing.file.stat().st_size


def two_arms(spec: RunSpec, every: int) -> RunSpec:
    """``spec`` without and with BatchNorm, long enough for all checkpoints; the data are as few as ours."""
    arms = (ArmSpec(name="no norm", norm=NoNorm()), ArmSpec(name="BatchNorm", norm=BatchNorm()))
    dataset = spec.dataset.model_copy(update={"train_examples": 1000})
    steps = CHECKPOINTS * every
    changes = {"arms": arms, "dataset": dataset, "steps": steps, "checkpoint_every": every, "evaluate_every": steps}
    return spec.model_copy(update=changes)


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    _, _, convolutions, batch, _ = NETWORKS[1]
    digits = RunSpec.model_validate(
        {
            "dataset": {"kind": "digits"},
            "model": convolutions,
            "arms": paper(1, True).arms,
            "batch_size": batch,
            "optimizer": Momentum(learning_rate=0.01),
        }
    )
    rows = (
        ("the paper's MLP x 2, SGD", two_arms(paper(1, True), 20)),
        ("10 convolutions x 2, momentum", two_arms(digits, 5)),
    )
    with tempfile.TemporaryDirectory() as name:
        cache_kernels(Path(name))
        print("| networks | copy ms, median | slowest | file ms, median | slowest | KB |")
        print("|---|---|---|---|---|---|")
        for title, spec in rows:
            copies, files, size = measure(spec, Path(name))
            values = (f"{1e3 * of(part):.2f}" for part in (copies, files) for of in (statistics.median, max))
            print(f"| {title} | {' | '.join(values)} | {size / 1024:.0f} |", flush=True)


if __name__ == "__main__":
    main()
