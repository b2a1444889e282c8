"""The decision boundary against a forward pass written out in numpy; measuring it changes no bit of the training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.cost import MAX_VECTORS
from normscope.core.manifest import Manifest
from normscope.core.spec import (
    AdamW,
    BatchNorm,
    MlpSpec,
    NoNorm,
    NormalInitialisation,
    ProbeSpec,
    RunSpec,
    Sgd,
    ToySpec,
)
from normscope.core.statistics import BOUNDARY_CELLS
from normscope.probes.boundary import boundary, grid
from normscope.training.boundaries import plane_of
from normscope.training.loop import Loop, train
from normscope.training.replicate import Replicate
from normscope.training.splits import DataSet
from normscope.training.toys import draw
from normscope.training.vectors import is_kept
from tests.training.helpers import ALL_NORMS, Calm, Memory, arms, generators_of, parts_of, small

BLOBS = ToySpec(kind="blobs", examples=40)


def toy_spec(**changes: Any) -> RunSpec:
    fields: dict[str, Any] = {
        "dataset": BLOBS,
        "arms": arms(NoNorm(), BatchNorm(), BatchNorm(placement="after_activation")),
        "seeds": (3, 4),
        "dropout": 0.2,
        "probes": ProbeSpec(boundary_every=10),
    }
    return small(**{**fields, **changes})


def trained(spec: RunSpec) -> tuple[Memory, Manifest, list[Replicate], list[torch.Generator]]:
    memory = Memory()
    loop = Loop(*parts_of(spec, memory), Calm())
    loop.run()
    return memory, memory.manifest, loop.replicates, generators_of(loop)


def boundaries(memory: Memory, manifest: Manifest) -> dict[tuple[int, int], Any]:
    """(arm, step) -> vector."""
    arm_of = {s.id: s.arm for s in manifest.series if s.statistic == "boundary"}
    found: dict[tuple[int, int], Any] = {}
    for chunk in memory.vectors:
        for series, step, value in zip(chunk.series.tolist(), chunk.step.tolist(), chunk.value, strict=True):
            if (arm := arm_of.get(series)) is not None:
                found[arm, step] = value
    return found


def by_hand(replicate: Replicate, x: np.ndarray) -> np.ndarray:
    """Logits of a tanh network with BatchNorm by running statistics, from its tensors alone; float64 [n, classes]."""
    tensors = {name: value.double().numpy() for name, value in replicate.model.state_dict().items()}
    linears = sorted(name[: -len(".weight")] for name, value in tensors.items() if value.ndim == 2)
    norms = sorted(name[: -len(".running_mean")] for name in tensors if name.endswith("running_mean"))

    def normalised(values: np.ndarray, norm: str) -> np.ndarray:
        scale = tensors[f"{norm}.weight"] / np.sqrt(tensors[f"{norm}.running_var"] + 1e-5)
        return (values - tensors[f"{norm}.running_mean"]) * scale + tensors[f"{norm}.bias"]

    for depth, linear in enumerate(linears):
        x = x @ tensors[f"{linear}.weight"].T + tensors[f"{linear}.bias"]
        if depth == len(linears) - 1:
            break
        x = normalised(x, norms[depth]) if replicate.arm == 1 else x
        x = np.tanh(x)
        x = normalised(x, norms[depth]) if replicate.arm == 2 else x
    return x


def test_a_boundary_is_what_the_trained_network_says_at_each_centre() -> None:
    memory, manifest, replicates, _ = trained(toy_spec())
    found = boundaries(memory, manifest)
    assert sorted(found) == [(arm, step) for arm in range(3) for step in (10, 20, 30)]
    plane = manifest.plane
    assert plane is not None
    step = (plane.high - plane.low) / BOUNDARY_CELLS
    for replicate in replicates:
        if not replicate.first_seed:
            continue
        value = found[replicate.arm, 30].reshape(BOUNDARY_CELLS, BOUNDARY_CELLS)
        for row, column in ((0, 0), (0, 47), (47, 0), (13, 29), (24, 24)):
            x = plane.low + (column + 0.5) * step
            y = plane.low + (row + 0.5) * step
            logits = by_hand(replicate, np.array([[x, y]]))[0]
            probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
            assert np.ceil(value[row, column]) - 1 == probabilities.argmax()
            assert value[row, column] - probabilities.argmax() == pytest.approx(probabilities.max(), abs=1e-5)


@pytest.mark.parametrize("norm", ALL_NORMS, ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}")
@pytest.mark.parametrize("optimizer", [Sgd(), AdamW()], ids=lambda optimizer: optimizer.kind)
def test_measuring_leaves_no_trace(norm: Any, optimizer: Any) -> None:
    spec = toy_spec(arms=arms(norm), optimizer=optimizer, steps=12)
    quiet, loud = (trained(spec.model_copy(update={"probes": ProbeSpec(boundary_every=every)})) for every in (0, 1))
    assert not boundaries(quiet[0], quiet[1])
    assert len(boundaries(loud[0], loud[1])) == 12
    for one, two in zip(quiet[2], loud[2], strict=True):
        assert one.model.training is two.model.training is True
        for a, b in zip(one.model.state_dict().values(), two.model.state_dict().values(), strict=True):
            assert a.numpy().tobytes() == b.numpy().tobytes()
    for g, h in zip(quiet[3], loud[3], strict=True):
        assert torch.equal(g.get_state(), h.get_state())
    scalars = [
        [run[0].series(s.id).value.tobytes() for s in run[1].series if not s.vector and s.unit != "s"]
        for run in (quiet, loud)
    ]
    assert scalars[0] == scalars[1]


def test_there_are_at_most_five_hundred() -> None:
    for steps, every in ((1_000_000, 1), (1_000_000, 10), (4_000, 1)):
        observed = np.arange(every, steps + 1, every)
        if len(observed) > 20_000:  # every window's end up to there says enough of the rest
            observed = observed[:20_000]
        kept = sum(is_kept(int(step), every, steps) for step in observed)
        doublings_left = np.log2((steps // every) / len(observed))
        assert kept + 30 * doublings_left <= MAX_VECTORS
        assert kept > 200


def test_the_manifest_names_the_plane_and_some_examples() -> None:
    data = draw(ToySpec(kind="moons", examples=1_000))
    spec = small(dataset=ToySpec(kind="moons", examples=1_000))
    plane = plane_of(spec, data)
    assert plane is not None
    assert plane.high == -plane.low > np.abs(data.train.x).max()
    assert len(plane.x) == len(plane.y) == len(plane.classes) == 300
    assert np.allclose(np.stack([plane.x, plane.y], axis=1), data.train.x[:300], atol=1e-4)
    assert plane.classes == tuple(data.train.y[:300].tolist())
    assert plane_of(small(), DataSet("digits", 10, data.train, data.test, data.test)) is None
    assert plane_of(small(dataset=spec.dataset, probes=ProbeSpec(boundary_every=0)), data) is None


def test_the_grid_runs_from_the_lower_left_to_the_upper_right() -> None:
    points = grid(-1.0, 1.0, 2)
    assert points.tolist() == [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]]


def test_a_network_without_an_answer_says_so() -> None:
    network = torch.nn.Linear(2, 3)
    torch.nn.init.constant_(network.weight, torch.nan)
    assert boundary(network, grid(-1, 1, 4)).isnan().all()
    certain = torch.nn.Linear(2, 3)
    torch.nn.init.zeros_(certain.weight)
    with torch.no_grad():
        certain.bias[:] = torch.tensor([0.0, 0.0, 200.0])
    assert boundary(certain, grid(-1, 1, 4)).tolist() == [3.0] * 16


def test_a_diverged_network_has_no_further_boundaries() -> None:
    spec = toy_spec(
        model=MlpSpec(hidden=(8, 8, 8), activation="relu"),
        arms=arms(NoNorm()),
        optimizer=Sgd(learning_rate=1e3),
        initialisation=NormalInitialisation(std=100, gain=1000),
        seeds=(1,),
        probes=ProbeSpec(boundary_every=1),
    )
    memory = Memory()
    train(spec, draw(BLOBS), sink=memory, control=Calm())
    diverged = [event for event in memory.events if event.type == "diverged"]
    assert diverged
    steps = [int(step) for chunk in memory.vectors for step in chunk.step]
    assert all(step <= diverged[0].step for step in steps)
