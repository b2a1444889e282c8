"""When costly measurements are made, that they outlast breaks and commands, and that no network can upset them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.control import Control, Machine
from normscope.core.cost import COSTLY
from normscope.core.manifest import build_manifest
from normscope.core.rewind import points_until
from normscope.core.spec import (
    BatchNorm,
    GhostBatchNorm,
    ModelSpec,
    NoisyBatchNorm,
    NoNorm,
    NormSpec,
    ProbeSpec,
    RunSpec,
    Sgd,
)
from normscope.core.statistics import NOISE_BATCHES, SLICE
from normscope.core.telemetry import Vectors, concat_points
from normscope.execution.control import RunControl
from normscope.training.checkpoint import Again
from normscope.training.examples import fixed_examples
from normscope.training.instruments import is_due_or_first
from normscope.training.loop import train
from normscope.training.measurements import along_the_gradient, modes, noise
from normscope.training.replicate import build_replicates
from tests.training.helpers import (
    ALL_NORMS,
    MODELS,
    MORE_NORMS,
    Calm,
    Memory,
    When,
    arms,
    data_of,
    observations,
    small,
    toy,
)
from tests.training.resuming import breaks_after, run, same_points, same_state

OFTEN = ProbeSpec(distributions_every=0, modes_every=7, landscape_every=6, noise_every=9)


def trained(spec: RunSpec, control: Control | None = None) -> Memory:
    memory = Memory()
    train(spec, data_of(spec), sink=memory, control=control or Calm())
    return memory


def test_the_first_step_and_the_last_are_observed_and_every_nth_between() -> None:
    assert [step for step in range(1, 31) if is_due_or_first(step, 10, 25)] == [1, 10, 20, 25, 30]
    assert not any(is_due_or_first(step, 0, 25) for step in range(1, 31))
    spec = small(probes=OFTEN)
    memory = trained(spec)
    manifest = build_manifest(spec, 3, 40)
    for schedule, steps in (("modes", [1, 7, 14, 21, 28, 30]), ("noise", [1, 9, 18, 27, 30])):
        for series, values in observations(memory, manifest, schedule).items():  # type: ignore[arg-type]
            assert values[0].tolist() == steps, series


def test_the_first_observation_is_of_the_initial_network() -> None:
    """Whatever the learning rate, the first value is the same, and with a rate of almost nothing so are all."""
    spec = small(steps=3, optimizer=Sgd(learning_rate=1e-9), probes=ProbeSpec(modes_every=1))
    manifest = build_manifest(spec, 3, 40)
    still = observations(trained(spec), manifest, "modes")[0, "eval_mode_loss"][1]
    moving = observations(trained(spec.model_copy(update={"optimizer": Sgd(learning_rate=1.0)})), manifest, "modes")
    assert np.ptp(still) < 1e-6
    assert moving[0, "eval_mode_loss"][1][0] == still[0]
    assert np.ptp(moving[0, "eval_mode_loss"][1]) > 1e-3


@pytest.mark.parametrize("model", MODELS[:3], ids=lambda model: model.kind)
@pytest.mark.parametrize(
    "norm", [*ALL_NORMS, *MORE_NORMS], ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}"
)
def test_every_network_gives_every_number_of_its_manifest(model: ModelSpec, norm: NormSpec) -> None:
    spec = small(
        model=model,
        arms=arms(norm),
        steps=2,
        dropout=0.2,
        probes=ProbeSpec(modes_every=5, landscape_every=5, noise_every=5),
    )
    memory = trained(spec)
    manifest = build_manifest(spec, 3, 40)
    for schedule in COSTLY:
        for (_, name), (steps, values) in observations(memory, manifest, schedule).items():
            assert steps.tolist() == [1, 2], name
            assert not np.isinf(values).any(), name
            if not name.startswith(("activation_drift", "gradient_noise_scale")):
                assert np.isfinite(values).all(), name
            if name.startswith("activation_drift"):
                assert np.isnan(values[0]), name
                assert np.isfinite(values[1]), name
    ids = {series.id: series.statistic for series in manifest.series if series.schedule in COSTLY}
    vectors: dict[str, list[Any]] = {"loss_slice": [], "cosine_by_batch_size": []}
    for each in memory.vectors:
        for number, vector in zip(each.series.tolist(), each.value, strict=True):
            if number in ids:
                vectors[ids[number]].append(vector)
    assert [len(vector) for vector in vectors["loss_slice"]] == [len(SLICE)] * 2
    for vector in vectors["cosine_by_batch_size"]:
        assert len(vector) == len(NOISE_BATCHES)
        assert np.isnan(vector).tolist() == [False, False, False, True, True]  # of 40 examples


def test_the_drift_is_that_of_noisy_inputs_where_the_norm_is_noisy() -> None:
    """Without learning nothing but the noise moves the medians."""
    spec = small(
        arms=arms(BatchNorm(), NoisyBatchNorm()),
        optimizer=Sgd(learning_rate=1e-9),
        steps=6,
        probes=ProbeSpec(landscape_every=1),
    )
    drifts = observations(trained(spec), build_manifest(spec, 3, 40), "landscape")
    assert drifts[0, "activation_drift@1"][1][1:].max() < 1e-4
    assert drifts[1, "activation_drift@1"][1][1:].min() > 0.02


def test_a_ghost_batch_of_one_example_is_avoided() -> None:
    spec = small(
        arms=arms(GhostBatchNorm(ghost_size=3)),
        batch_size=9,
        steps=2,
        probes=ProbeSpec(modes_every=1, landscape_every=1, noise_every=1),
    )
    assert 40 % 3 == 1
    memory = trained(spec)
    series = next(s.id for s in build_manifest(spec, 3, 40).series if s.statistic == "cosine_by_batch_size")
    first = memory.vectors[0]
    vector = first.value[first.series.tolist().index(series)]
    assert np.isnan(vector).tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("norm", [NoNorm(), BatchNorm(), NoisyBatchNorm()], ids=lambda norm: norm.kind)
def test_networks_that_are_no_longer_finite_give_no_numbers_and_no_error(norm: NormSpec) -> None:
    spec, data = small(arms=arms(norm)), toy()
    (replicate,) = build_replicates(spec, 5, 3)
    train = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)
    examples = fixed_examples(spec, replicate.model.plan, train, train)
    with torch.no_grad():
        replicate.model.weighted[1].weight.fill_(float("inf"))
    for found in (
        modes(spec, replicate, examples),
        along_the_gradient(spec, replicate, examples, 1, None),
        noise(spec, replicate, examples, 1),
    ):
        for name, value in found.row.items():
            if (
                not name.startswith(("precise_accuracy", "train_mode_accuracy", "eval_mode_accuracy"))
                and "@1" not in name
            ):
                assert not math.isfinite(value), name


@pytest.mark.parametrize("killed", [25, 47])
def test_a_resumed_run_measures_what_it_would_have_measured(tmp_path: Path, killed: int) -> None:
    spec = small(steps=60, checkpoint_every=20, dropout=0.2, arms=arms(NoNorm(), NoisyBatchNorm()), probes=OFTEN)
    whole, kept = run(spec, tmp_path / "whole", RunControl())
    first, broken = run(spec, tmp_path / "again", breaks_after(killed))
    last = max(broken.kinds)
    second, resumed = run(spec, tmp_path / "again", RunControl(), Again(2, broken.state(last)))
    same_state(resumed.state(60), kept.state(60))
    same_points(concat_points([points_until(first.points, last), second.points]), whole)
    before = [row for row in rows(first.vectors) if row[1] <= last]
    assert sorted(before + rows(second.vectors)) == sorted(rows(whole.vectors))


def rows(vectors: list[Vectors]) -> list[tuple[int, int, bytes]]:
    """Series, step and bytes of each vector."""
    return [
        (int(series), int(step), np.asarray(value).tobytes())
        for each in vectors
        for series, step, value in zip(each.series, each.step, each.value, strict=True)
    ]


class Late:
    """Sets the learning rate once, after step 7: between the steps, or as soon as a measurement is under way."""

    pending = True

    def __init__(self, *, between: bool) -> None:
        self.applied = 0
        self._between = between

    def obey(self, step: int, machine: Machine, *, between: bool) -> bool:
        if step == 7 and between == self._between and not self.applied:
            machine.set_learning_rate(0.5, None)
            self.applied = 1
        return True


def test_what_a_command_changes_during_a_measurement_is_measured_anew() -> None:
    """The rate changes after the first network was measured: both are then measured with the new one."""
    spec = small(steps=8, probes=ProbeSpec(landscape_every=8))
    controls = Late(between=True), Late(between=False)
    one, two = (trained(spec, control) for control in controls)
    assert controls[0].applied == controls[1].applied == 1
    same_points(one.points, two)
    unchanged = observations(trained(spec), build_manifest(spec, 3, 40), "landscape")[0, "landscape_loss_low"]
    changed = observations(one, build_manifest(spec, 3, 40), "landscape")[0, "landscape_loss_low"]
    assert unchanged[1][0] == changed[1][0]
    assert unchanged[1][1] != changed[1][1]


@pytest.mark.parametrize("number", [2, 7, 25])
def test_a_stop_is_obeyed_within_the_measurement_of_one_network(number: int) -> None:
    """The control is asked again and again before the first network of two is done with; the run ends at once."""
    spec = small(probes=ProbeSpec(landscape_every=10))
    looks: list[int] = []

    def answer(step: int) -> bool:
        looks.append(step)
        return looks.count(9) <= number  # one of them between the steps

    memory = trained(spec, When(lambda: True, answer))
    assert looks.count(9) == number + 1
    values = observations(memory, build_manifest(spec, 3, 40), "landscape")
    assert all(steps.tolist() == [1] for steps, _ in values.values())


def test_a_stop_during_a_measurement_leaves_nothing_of_it() -> None:
    spec = small(probes=ProbeSpec(modes_every=10))
    looks: list[int] = []

    def answer(step: int) -> bool:
        looks.append(step)
        return looks.count(9) < 2  # between the steps, then between the networks' measurements

    memory = trained(spec, When(lambda: True, answer))
    assert looks.count(9) == 2
    values = observations(memory, build_manifest(spec, 3, 40), "modes")
    assert all(steps.tolist() == [1] for steps, _ in values.values())
