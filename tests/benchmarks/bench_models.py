"""What a step of each kind of network costs, bare and with every probe, and what the cost model says of it.

    python -m tests.benchmarks.bench_models

Random images, BatchNorm, one thread. Bare and measured steps take turns on the same network; medians. Distributions are
measured when they are due: the share is that of a run of 4,000 steps (123 times).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.catalog import DATASETS
from normscope.core.cost import STEP_SECONDS, step_seconds
from normscope.core.spec import (
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    MlpSpec,
    ModelSpec,
    Momentum,
    ResNetSpec,
    RunSpec,
)
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.compiled_vectors import CompiledVectors
from normscope.training.layer_probes import seen_of
from normscope.training.readings import measured_of
from normscope.training.replicate import build_replicates
from normscope.training.warm import cache_kernels

NETWORKS: tuple[tuple[str, str, ModelSpec, int, int], ...] = (
    ("MLP 100-100-100, MNIST", "mnist", MlpSpec(hidden=(100, 100, 100)), 60, 300),
    (
        "10 convolutions, digits",
        "digits",
        CnnSpec(convolutions=(*[16] * 4, "pool", *[32] * 4, "pool", *[32] * 2)),
        32,
        60,
    ),
    ("ResNet-8, width 16, digits", "digits", ResNetSpec(depth=8, width=16), 32, 60),
    ("VGG-like 32-32-64-64-128-128, MNIST", "mnist", CnnSpec(
        convolutions=(32, 32, "pool", 64, 64, "pool", 128, 128), hidden=(128,)), 128, 9),
)  # fmt: skip
DUE_SHARE = 123 / 4000


def measure(dataset: str, model: ModelSpec, batch: int, times: int) -> tuple[float, float, float, float]:
    """Seconds of a bare step, of a measured one, of the distributions when due, and the estimate of a step."""
    spec = RunSpec(
        dataset=DataSetSpec.model_validate({"kind": dataset}),
        model=model,
        arms=(ArmSpec(name="BatchNorm", norm=BatchNorm()),),
        optimizer=Momentum(learning_rate=0.01),
        batch_size=batch,
    )
    features = DATASETS[spec.dataset.kind].features
    replicate = build_replicates(spec, features, 10)[0]
    x, y = torch.randn(batch, features), torch.randint(0, 10, (batch,))
    observer = CompiledObserver(measured_of(spec, replicate), np.zeros((1, 256)), 0)
    vectors = CompiledVectors(seen_of(spec, replicate))
    seconds: dict[bool, list[float]] = {True: [], False: []}
    distributions: list[float] = []
    for turn in range(2 * times + 2):
        probes = bool(turn % 2)
        trace, norms = list[Tensor](), list[Tensor]()
        start = time.perf_counter()
        logits = replicate.model(x, trace if probes else None, norms if probes else None)
        loss = F.cross_entropy(logits, y)
        loss.backward()  # type: ignore[no-untyped-call]
        if probes:
            observer.scalars(loss, logits, y, trace, 0)
        replicate.optimizer.step()
        replicate.forget_gradients()
        if turn >= 2:
            seconds[probes].append(time.perf_counter() - start)
        if probes and turn >= 2 * times - 8:
            start = time.perf_counter()
            vectors.measure(trace, norms)
            distributions.append(time.perf_counter() - start)
    bare, measured = (statistics.median(seconds[probes]) for probes in (False, True))
    estimate = STEP_SECONDS + step_seconds(replicate.model.plan, batch)
    return bare, measured, statistics.median(distributions), estimate


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as cache:
        cache_kernels(Path(cache))
        print("| network | batch | bare ms | measured ms | ratio | distributions ms | ratio, all | estimate ms |")
        print("|---|---|---|---|---|---|---|---|")
        for title, dataset, model, batch, times in NETWORKS:
            bare, measured, distribution, estimate = measure(dataset, model, batch, times)
            whole = (measured + DUE_SHARE * distribution) / bare
            print(
                f"| {title} | {batch} | {1e3 * bare:.2f} | {1e3 * measured:.2f} | {measured / bare:.3f} | "
                f"{1e3 * distribution:.1f} | {whole:.3f} | {1e3 * estimate:.2f} |"
            )


if __name__ == "__main__":
    main()
