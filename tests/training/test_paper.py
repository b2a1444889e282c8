"""The result that all this is about, on real data: sigmoid networks learn with BatchNorm, and hardly without."""

from __future__ import annotations

from pathlib import Path

from normscope.core.spec import BatchNorm, DataSetSpec, MlpSpec, NoNorm, NormalInitialisation, ProbeSpec, RunSpec, Sgd
from normscope.training.data import load
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, arms


def test_batchnorm_is_above_no_norm_all_along_on_mnist(mnist_dir: Path, tmp_path: Path) -> None:
    spec = RunSpec(
        dataset=DataSetSpec(kind="mnist"),
        model=MlpSpec(),
        arms=arms(NoNorm(), BatchNorm()),
        optimizer=Sgd(learning_rate=0.1),
        initialisation=NormalInitialisation(std=0.1),
        steps=400,
        evaluate_every=100,
        probes=ProbeSpec(distributions_every=100),
    )
    memory = Memory()
    data = load(spec.dataset, mnist_dir, cache=tmp_path, download=False)
    assert train(spec, data, sink=memory, control=Calm()) == "finished"
    plain, batch = memory.emissions[-1].progress.arms
    assert plain.final["validation_accuracy"] < 0.5
    assert batch.final["validation_accuracy"] > 0.87
    assert batch.best_step["validation_loss"] == 400


def test_the_same_result_on_digits(tmp_path: Path) -> None:
    spec = RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=MlpSpec(),
        arms=arms(NoNorm(), BatchNorm()),
        optimizer=Sgd(learning_rate=0.5),
        initialisation=NormalInitialisation(std=0.1),
        steps=100,
        evaluate_every=50,
        probes=ProbeSpec(distributions_every=0),
    )
    memory = Memory()
    train(spec, load(spec.dataset, tmp_path, cache=tmp_path, download=False), sink=memory, control=Calm())
    plain, batch = memory.emissions[-1].progress.arms
    assert plain.final["test_accuracy"] < 0.6
    assert batch.final["test_accuracy"] > 0.9
