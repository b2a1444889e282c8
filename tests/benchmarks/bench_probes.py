"""What each part of measuring costs, beside the step it measures; ``bench_statistics`` has every statistic.

    python -m tests.benchmarks.bench_probes

The paper's network with BatchNorm on random data, one thread; the lower quartile of many calls, in microseconds.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.manifest import build_manifest
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.training.layer_probes import seen_of
from normscope.training.readings import measured_of
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate, build_replicates
from normscope.training.warm import cache_kernels
from tests.benchmarks.bench_loop import paper
from tests.benchmarks.sink import Nowhere


def microseconds(call: Callable[[], object], times: int = 400) -> float:
    """Lower quartile of the duration of ``call``."""
    seconds: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[times // 4] * 1e6


def step(replicate: Replicate, x: Tensor, y: Tensor) -> None:
    """What is there without measuring."""
    loss = F.cross_entropy(replicate.model(x), y)
    loss.backward()
    replicate.optimizer.step()
    replicate.optimizer.zero_grad()


def emission(recorder: Recorder, steps: int) -> None:
    """Fold ``steps`` rows into windows and emit."""
    for _ in range(steps):
        recorder.step += 1
        recorder._steps[recorder.row] = recorder.step
        recorder.row += 1
    recorder.emit()


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as cache:
        cache_kernels(Path(cache))
        spec = paper(4000, probes=True)
        replicates = build_replicates(spec, 784, 10)
        replicate = replicates[1]
        x, y = torch.randn(60, 784), torch.randint(0, 10, (60,))
        trace, norms = list[Tensor](), list[Tensor]()
        logits = replicate.model(x, trace, norms)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        block = np.zeros((1, 64))
        rows: list[tuple[str, float]] = []
        for title, layers in (("loss and accuracy", False), ("every scalar statistic", True)):
            observer = CompiledObserver(replace(measured_of(spec, replicate), layers=layers), block, 0)
            call = lambda o=observer: o.scalars(loss, logits, y, trace, 0)  # noqa: E731
            rows.append((f"{title}, a step", microseconds(call)))
        vectors = CompiledVectors(seen_of(spec, replicate))
        rows.append(("all vectors of the network, when due", microseconds(lambda: vectors.measure(trace, norms))))
        recorder = Recorder(spec, build_manifest(spec, 10, 55_000), replicates, Nowhere())
        rows.append(
            ("windows and emission of 25 steps of both arms", microseconds(lambda: emission(recorder, 25), 100))
        )
        rows.append(("bare step", microseconds(lambda: step(replicate, x, y))))
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, one thread; PyTorch {torch.__version__}")
    for title, value in rows:
        print(f"{title:50} {value:8.1f} us")


if __name__ == "__main__":
    main()
