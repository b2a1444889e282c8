"""Does every network learn with every norm and every optimizer? Writes the table of ``docs/models.md``.

    python -m tests.benchmarks.table_models

Short runs of small networks on digits, three seeds each. The thresholds stand here and were fixed before the first run;
a row that misses its threshold is shown as missed.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from normscope.core.events import ReplicateEndedEvent
from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    HeInitialisation,
    InstanceNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    Momentum,
    NoisyBatchNorm,
    NoNorm,
    NormSpec,
    OptimizerSpec,
    ProbeSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
    Sgd,
)
from normscope.core.telemetry import Emission
from normscope.training.data import load
from normscope.training.loop import train
from normscope.training.warm import cache_kernels
from tests.benchmarks.sink import Undisturbed

DOCUMENT = Path(__file__).parents[2] / "docs" / "models.md"
STEPS, BATCH, SEEDS = 200, 40, (1, 2, 3)
NETWORKS: tuple[tuple[str, ModelSpec, float], ...] = (
    ("MLP 64-64", MlpSpec(hidden=(64, 64), activation="relu"), 0.93),
    ("CNN 8-pool-16", CnnSpec(convolutions=(8, "pool", 16), head="flatten"), 0.93),
    ("ResNet-8, width 4", ResNetSpec(depth=8, width=4), 0.88),
)
"""Each with the test accuracy, mean over the seeds, that it has to reach."""
NORMS: tuple[tuple[str, NormSpec], ...] = (
    ("none", NoNorm()),
    ("BatchNorm", BatchNorm()),
    ("LayerNorm", LayerNorm()),
    ("GroupNorm, 2 groups", GroupNorm(groups=2)),
    ("InstanceNorm", InstanceNorm()),
    ("RMSNorm", RmsNorm()),
    ("Ghost BatchNorm, 20", GhostBatchNorm(ghost_size=20)),
    ("Noisy BatchNorm", NoisyBatchNorm()),
    ("Frozen BatchNorm, from scratch", FrozenBatchNorm()),
)
OPTIMIZERS: tuple[tuple[str, OptimizerSpec], ...] = (
    ("SGD, 0.1", Sgd(learning_rate=0.1)),
    ("momentum, 0.02", Momentum(learning_rate=0.02)),
    ("Adam, 0.005", Adam(learning_rate=0.005)),
    ("AdamW, 0.005", AdamW(learning_rate=0.005)),
)


class Ends:
    """A sink that keeps how each replicate ended."""

    def __init__(self) -> None:
        self.accuracy: dict[int, list[float]] = {}

    def emit(self, emission: Emission) -> None:
        """Keep the test accuracies; a replicate that diverged has 0."""
        for event in emission.events:
            if isinstance(event, ReplicateEndedEvent):
                diverged = event.state == "diverged"
                self.accuracy.setdefault(event.arm, []).append(0.0 if diverged else event.final["test_accuracy"])


def accuracies(model: ModelSpec, optimizer: OptimizerSpec, cache: Path) -> dict[str, list[float]]:
    """Test accuracies of the seeds, for each norm that the network can have."""
    norms = [(title, norm) for title, norm in NORMS if not (model.kind == "mlp" and norm.kind == "instance")]
    found: dict[str, list[float]] = {}
    for part in (norms[:5], norms[5:]):
        spec = RunSpec(
            dataset=DataSetSpec(kind="digits"),
            model=model,
            arms=tuple(ArmSpec(name=title, norm=norm) for title, norm in part),
            optimizer=optimizer,
            initialisation=HeInitialisation(),
            batch_size=BATCH,
            steps=STEPS,
            seeds=SEEDS,
            evaluate_every=STEPS,
            probes=ProbeSpec(layers=False, distributions_every=0),
        )
        ends = Ends()
        train(spec, load(spec.dataset, cache, cache=cache, download=False), sink=ends, control=Undisturbed())
        found |= {title: ends.accuracy[index] for index, (title, _) in enumerate(part)}
    return found


def main() -> None:
    """Run all combinations, write the document."""
    started = time.process_time()
    lines: list[str] = []
    missed = total = 0
    with tempfile.TemporaryDirectory() as folder:
        cache_kernels(Path(folder))
        for title, model, threshold in NETWORKS:
            lines += ["", f"## {title}: at least {threshold:.2f}", ""]
            lines.append("| norm | " + " | ".join(name for name, _ in OPTIMIZERS) + " |")
            lines.append("|---" * (len(OPTIMIZERS) + 1) + "|")
            columns = [accuracies(model, optimizer, Path(folder)) for _, optimizer in OPTIMIZERS]
            for norm in columns[0]:
                cells = []
                for column in columns:
                    mean = statistics.fmean(column[norm])
                    cell = f"{mean:.3f} ({min(column[norm]):.3f})"
                    total += 1
                    missed += mean < threshold
                    cells.append(cell if mean >= threshold else f"**missed** {cell}")
                lines.append(f"| {norm} | " + " | ".join(cells) + " |")
    head = [
        "# Every network with every norm and every optimizer",
        "",
        f"Digits, {STEPS} steps of {BATCH} examples, He's initial weights, ReLU, seeds {SEEDS}; norms before the",
        "activation. Each cell is the test accuracy, mean over the seeds, the worst seed in brackets. The thresholds",
        "were fixed before the first run (`python -m tests.benchmarks.table_models`); the learning rates are not tuned",
        "for each row, so a missed cell says that this combination learns slowly at this rate, not that it cannot",
        "learn. InstanceNorm needs more than one value for each channel, which an MLP has not. Frozen BatchNorm from",
        "scratch only scales and shifts.",
        "",
        f"Missed: {missed} of {total}.",
    ]
    DOCUMENT.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    print(f"{total} combinations, {missed} missed, {time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
