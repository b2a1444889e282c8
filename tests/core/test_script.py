"""A script repeats its run without NormScope: the same hashes, and the same losses to the last bit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest
import torch

from normscope.claims.catalog import CLAIMS
from normscope.core.catalog import at_hand
from normscope.core.check import faults
from normscope.core.events import DivergedEvent, EarlyStoppedEvent, ManifestEvent, ReplicateEndedEvent
from normscope.core.fairness import Certificate
from normscope.core.presets import PRESETS
from normscope.core.script import Source, script
from normscope.core.script.text import labels
from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    AugmentSpec,
    BatchNorm,
    CnnSpec,
    CosineSchedule,
    DataSetSpec,
    EarlyStoppingSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    HeInitialisation,
    InstanceNorm,
    LayerNorm,
    MlpSpec,
    Momentum,
    NoisyBatchNorm,
    NoNorm,
    NormalInitialisation,
    ResNetSpec,
    RmsNorm,
    RunSpec,
    Sgd,
    StepSchedule,
    ToySpec,
    XavierInitialisation,
)
from normscope.training.data import load
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, arms

SOURCE = Source("ab" * 16, "2.13.0")
DIGITS = DataSetSpec(kind="digits", train_examples=90)
WANTED = ("train_loss", "validation_loss", "validation_accuracy")
MNIST = Path(os.environ.get("NORMSCOPE_DATASETS_DIR", "data"))


def tiny(**changes: Any) -> RunSpec:
    """A few steps on some digits, each of them evaluated."""
    fields: dict[str, Any] = {
        "dataset": DIGITS,
        "model": MlpSpec(hidden=(6, 4)),
        "arms": arms(NoNorm(), BatchNorm()),
        "batch_size": 12,
        "steps": 9,
        "evaluate_every": 1,
    }
    return RunSpec(**{**fields, **changes})


SPECS: dict[str, RunSpec] = {
    "mlp: every norm, two seeds": tiny(
        arms=arms(
            NoNorm(),
            BatchNorm(),
            LayerNorm(),
            GroupNorm(groups=2),
            RmsNorm(),
            GhostBatchNorm(ghost_size=4),
            NoisyBatchNorm(),
            FrozenBatchNorm(),
        ),
        seeds=(3, 4),
        clip_norm=0.5,
        label_smoothing=0.1,
    ),
    "mlp: every optimizer and schedule": tiny(
        arms=(
            ArmSpec(name="sgd 'and' \"cosine\"", norm=NoNorm(), schedule=CosineSchedule(minimum=0.1, warmup_steps=2)),
            ArmSpec(name="momentum", norm=BatchNorm(), optimizer=Momentum(weight_decay=0.1), schedule=CosineSchedule()),
            ArmSpec(
                name="adam",
                norm=LayerNorm(placement="after_activation"),
                optimizer=Adam(weight_decay=0.2, decay_norm_parameters=False),
                schedule=StepSchedule(every=3, warmup_steps=2),
            ),
            ArmSpec(name="adamw", norm=BatchNorm(affine=False), optimizer=AdamW(), schedule=StepSchedule(every=4)),
        ),
        drop_last=False,
        dropout=0.3,
        redundant_bias="drop",
    ),
    "mlp: initialisations, dropout of one arm, standard scales": tiny(
        dataset=DataSetSpec(kind="digits", train_examples=90, label_noise=0.2, normalise="standard"),
        arms=(
            ArmSpec(name="default", norm=NoNorm(), dropout=0.5),
            ArmSpec(name="he", norm=BatchNorm(), initialisation=HeInitialisation(gain=2.0)),
            ArmSpec(name="xavier", norm=RmsNorm(), initialisation=XavierInitialisation()),
            ArmSpec(name="normal", norm=NoNorm(), initialisation=NormalInitialisation(std=0.3)),
        ),
    ),
    "mlp: early stopping": tiny(
        steps=60, optimizer=Adam(learning_rate=0.05), early_stopping=EarlyStoppingSpec(patience=2)
    ),
    "mlp: early stopping by accuracy, the last weights": tiny(
        steps=40,
        early_stopping=EarlyStoppingSpec(metric="validation_accuracy", patience=3, restore_best=False),
    ),
    "mlp: divergence": tiny(optimizer=Sgd(learning_rate=1000.0), model=MlpSpec(hidden=(6, 4), activation="relu")),
    "mlp: images changed at random, two rates on a schedule": tiny(
        dataset=DataSetSpec(kind="digits", train_examples=90, augment=AugmentSpec(flip=True), normalise="standard"),
        arms=tuple(
            ArmSpec(name=f"at {rate}", norm=BatchNorm(eps=1e-3), optimizer=Momentum(learning_rate=rate))
            for rate in (0.1, 0.3)
        ),
        schedule=StepSchedule(every=3, warmup_steps=2),
        model=MlpSpec(hidden=(6,) * 24, activation="tanh"),
    ),
    "mlp on spirals": tiny(dataset=ToySpec(kind="spirals", examples=40, label_noise=0.1)),
    "mlp on moons": tiny(dataset=ToySpec(kind="moons", examples=40, normalise="standard")),
    "mlp on circles": tiny(dataset=ToySpec(kind="circles", examples=40)),
    "mlp on blobs": tiny(dataset=ToySpec(kind="blobs", examples=40)),
    "cnn: pools, dense layers": tiny(
        dataset=DataSetSpec(kind="digits", train_examples=90, augment=AugmentSpec(flip=True, crop=1)),
        model=CnnSpec(convolutions=(4, "pool", 6), hidden=(4,), head="flatten", kernel_size=5),
        arms=arms(
            NoNorm(),
            BatchNorm(),
            LayerNorm(),
            RmsNorm(),
            GhostBatchNorm(ghost_size=4),
            NoisyBatchNorm(),
            FrozenBatchNorm(),
        ),
        optimizer=Momentum(learning_rate=0.05),
    ),
    "cnn: convolutions only": tiny(
        model=CnnSpec(convolutions=(4, 6), activation="gelu"),
        arms=arms(InstanceNorm(), GroupNorm(groups=2), RmsNorm(placement="after_activation")),
        redundant_bias="drop",
        dataset=DataSetSpec(kind="digits", train_examples=90, augment=AugmentSpec(crop=2)),
    ),
    "cnn: a pool first, ghosts and noise of two sizes": tiny(
        model=CnnSpec(convolutions=("pool", 4, "pool", 6), activation="tanh"),
        arms=arms(
            GhostBatchNorm(ghost_size=4, momentum=0.2),
            GhostBatchNorm(ghost_size=6),
            NoisyBatchNorm(),
            NoisyBatchNorm(mean_shift=0.2, placement="after_activation"),
        ),
        optimizer=Adam(weight_decay=0.1, decay_norm_parameters=False),
        schedule=CosineSchedule(),
        early_stopping=EarlyStoppingSpec(patience=3, minimum_improvement=0.01),
    ),
    "resnet-8: both placements": tiny(
        model=ResNetSpec(depth=8, width=2),
        arms=arms(NoNorm(), BatchNorm(), BatchNorm(placement="after_activation"), GroupNorm(groups=2)),
        optimizer=Momentum(),
        dropout=0.2,
        dropout_placement="before_norm",
    ),
    "resnet-18: projections": tiny(
        model=ResNetSpec(depth=18, width=2), arms=arms(BatchNorm(), NoNorm(), NoisyBatchNorm()), steps=4
    ),
    "resnet-18: no useless biases": tiny(
        model=ResNetSpec(depth=18, width=2, activation="sigmoid"),
        arms=arms(GroupNorm(groups=2), GroupNorm(groups=1), BatchNorm(), NoNorm()),
        redundant_bias="drop",
        steps=4,
    ),
    "resnet-18: norms after": tiny(
        model=ResNetSpec(depth=18, width=2),
        arms=arms(NoNorm(), LayerNorm(placement="after_activation"), BatchNorm()),
        steps=4,
    ),
}


STEP = re.compile(
    r"seed (\d+) (.+): step (\d+) training loss (\S+) validation loss (\S+) accuracy (\S+)|"
    r"seed (\d+) (.+): test loss (\S+) accuracy (\S+)|"
    r"seed (\d+) (.+): (diverged at|stopped early after) step (\d+)"
)


class Ran(Protocol):
    """What a script prints."""

    def __call__(self, text: str, folder: Path, *arguments: str) -> list[str]: ...


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    """Runs a script in a fork of a Python that has torch and no normscope; warnings are errors."""
    command = [sys.executable, "-W", "error", str(Path(__file__).with_name("alone.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alone:
        assert alone.stdin is not None
        assert alone.stdout is not None

        def run(text: str, folder: Path, *arguments: str) -> list[str]:
            file, out, error = (folder / name for name in ("script.py", "out", "error"))
            file.write_text(text)
            asked = {"file": str(file), "arguments": arguments, "out": str(out), "error": str(error)}
            print(json.dumps(asked), file=alone.stdin, flush=True)
            assert alone.stdout.readline().strip() == "0", error.read_text()
            return out.read_text().splitlines()

        yield run
        alone.stdin.close()


def measured(spec: RunSpec, sink: Memory) -> tuple[list[str], dict[tuple[Any, ...], tuple[Any, ...]]]:
    """The certificate's lines, and what the run measured, by seed, label of the arm and step (or what happened)."""
    names = labels([arm.name for arm in spec.arms])
    first = sink.events[0]
    assert isinstance(first, ManifestEvent)
    hashes = [
        line
        for seed in Certificate.model_validate(first.fairness).seeds
        for line in (
            f"seed {seed.seed} shared initial tensors sha256 {seed.shared_sha256}",
            f"seed {seed.seed} order sha256 {seed.batch_order_sha256}",
        )
    ]
    rows: dict[tuple[Any, ...], dict[str, float]] = {}
    for number, series in enumerate(first.manifest.series):
        if series.arm is not None and series.statistic in WANTED:
            points = sink.series(number)
            for step, value in zip(points.step.tolist(), points.value.tolist(), strict=True):
                rows.setdefault((series.seed, names[series.arm], step), {})[series.statistic] = value
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {
        key: tuple(row[name] for name in WANTED) for key, row in rows.items() if "validation_loss" in row
    }
    for event in sink.events:
        match event:
            case ReplicateEndedEvent() if "test_loss" in event.final:
                final = (event.final["test_loss"], event.final["test_accuracy"])
                found[event.seed, names[event.arm], "test"] = final
            case DivergedEvent():
                found[event.seed, names[event.arm], "diverged at"] = (event.step,)
            case EarlyStoppedEvent():
                found[event.seed, names[event.arm], "stopped early after"] = (event.step,)
    return hashes, found


def printed(lines: list[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The same of what a script printed; points are float32, as the run stores them."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for line in lines:
        match = STEP.fullmatch(line)
        assert match is not None, line
        words = [word for word in match.groups() if word is not None]
        seed, arm, *rest = int(words[0]), *words[1:]
        if len(rest) == 4:
            found[seed, arm, int(rest[0])] = tuple(float(np.float32(float(word))) for word in rest[1:])
        elif rest[0] in ("diverged at", "stopped early after"):
            found[seed, arm, rest[0]] = (int(rest[1]),)
        else:
            found[seed, arm, "test"] = (float(rest[0]), float(rest[1]))
    return found


@pytest.mark.parametrize("case", SPECS)
def test_a_script_prints_what_its_run_measured(case: str, ran: Ran, tmp_path: Path) -> None:
    spec, sink = SPECS[case], Memory()
    train(spec, load(spec.dataset, tmp_path, cache=tmp_path, download=False), sink=sink, control=Calm())
    lines = ran(script(spec, SOURCE), tmp_path)
    hashes, values = measured(spec, sink)
    certified = [line for line in lines if "sha256" in line]
    assert certified == hashes
    got = printed([line for line in lines if "sha256" not in line])
    assert got == values
    assert len(got) > len(spec.arms)


def replaced(kind: str) -> dict[str, RunSpec]:
    """The presets that can be trained with a network of this kind, with such a network."""
    models = {"mlp": MlpSpec(), "cnn": CnnSpec(), "resnet-8": ResNetSpec(depth=8), "resnet-18": ResNetSpec(depth=18)}
    changed = {each.id: each.spec.model_copy(update={"model": models[kind]}) for each in PRESETS}
    return {name: spec for name, spec in changed.items() if not faults(spec)}


def claimed() -> dict[str, RunSpec]:
    """The runs of the claims, by claim, experiment and name."""
    return {
        f"{claim.number} {kind} {name}": spec
        for claim in CLAIMS
        for kind, experiment in claim.experiments.items()
        for name, spec in experiment.specs((1, 2, 3)).items()
    }


KINDS = ("mlp", "cnn", "resnet-8", "resnet-18")
LONGER = {"paper-mnist": 159, "all-norms": 164, "placement": 158, "early-stopping": 163, "landscape": 168,
          "microscope": 166}  # fmt: skip
"""Lines of the presets' scripts where a residual network is put into them that takes more than 150."""


def lengths(specs: dict[str, RunSpec]) -> dict[str, int]:
    """Lines of the scripts, blank ones and a note about the certificate included."""
    source = Source(SOURCE.run, SOURCE.torch, ("Certificate of seed 1: " + "x" * 50,))
    return {name: len(script(spec, source).splitlines()) for name, spec in specs.items()}


def test_scripts_have_100_to_150_lines() -> None:
    presets = {preset.id: preset.spec for preset in PRESETS}
    for found in (lengths(presets), lengths(claimed()), lengths(replaced("mlp")), lengths(replaced("cnn"))):
        assert {name: lines for name, lines in found.items() if not 100 <= lines <= 150} == {}


@pytest.mark.parametrize("kind", ["resnet-8", "resnet-18"])
def test_scripts_of_residual_networks_have_few_lines_more(kind: str) -> None:
    found = lengths(replaced(kind))
    assert {name: lines for name, lines in found.items() if not 100 <= lines <= LONGER.get(name, 150)} == {}


def test_scripts_of_everything_at_once_have_no_more_lines_than_the_docs_say() -> None:
    assert max(lengths(SPECS).values()) <= 229


def test_scripts_are_formatted_and_hold_nothing_unused(tmp_path: Path) -> None:
    specs = {**SPECS, **claimed(), **{f"{kind} {name}": s for kind in KINDS for name, s in replaced(kind).items()}}
    for name, spec in specs.items():
        text = script(spec, SOURCE)
        (tmp_path / f"{re.sub('[^a-z0-9]+', '_', name.lower())}.py").write_text(text)
        assert "import normscope" not in text
        assert "from normscope" not in text
        assert max(map(len, text.splitlines())) <= 120
    for words in (
        ("format", "--diff", "--quiet"),
        ("check", "--output-format", "concise", "--select", "E,F,W,B,SIM,RET,PIE,I", "--ignore", "E501,B905,SIM108"),
    ):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[:4000]


def test_names_cannot_leave_their_place(ran: Ran, tmp_path: Path) -> None:
    """A name is printed, never run."""
    evil = '"""\\\nimport os; os.mkdir(\'here\')\n#\x0c\u2028\x00'
    names = (evil, '"', "\\", "{seed}", "x" * 80, "한" * 80)
    spec = tiny(name=evil[:70], arms=tuple(ArmSpec(name=name, norm=NoNorm()) for name in names), steps=1)
    lines = ran(script(spec, SOURCE), tmp_path)
    assert not (tmp_path / "here").exists()
    assert [line for line in lines if ": step 1 " in line and "{seed}" in line]


def test_cifar_is_read_from_its_binary_files(tmp_path: Path) -> None:
    """100 records of random bytes to a file: what comes out is what was put in."""
    random = np.random.default_rng(5)
    records = random.integers(0, 256, (600, 3073), dtype=np.uint8)
    for number, name in enumerate([*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]):
        records[100 * number : 100 * number + 100].tofile(tmp_path / name)
    spec = tiny(dataset=DataSetSpec(kind="cifar10"))
    space: dict[str, Any] = {}
    exec(compile(script(spec, SOURCE), "script", "exec"), space)
    (x, y), _, _ = space["load"](tmp_path)
    assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
    np.testing.assert_array_equal(x, (records[:, 1:] / np.float64(255)).astype(np.float32))
    np.testing.assert_array_equal(y, records[:, 0])


@pytest.mark.skipif(not at_hand("mnist", MNIST), reason="MNIST is not at hand")
def test_a_script_on_mnist_prints_what_its_run_measured(ran: Ran, tmp_path: Path) -> None:
    spec, sink = tiny(dataset=DataSetSpec(kind="mnist", train_examples=500), steps=3), Memory()
    train(spec, load(spec.dataset, MNIST, cache=tmp_path, download=False), sink=sink, control=Calm())
    lines = ran(script(spec, SOURCE), tmp_path, str(MNIST / "mnist"))
    hashes, values = measured(spec, sink)
    assert lines[:2] == hashes
    assert printed(lines[2:]) == values
