"""A fork goes on from its parent's networks: unchanged to the same bits, with other norms as its certificate says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.events import ManifestEvent
from normscope.core.fork import ForkRequest, Origin, fork_faults
from normscope.core.spec import (
    Adam,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    Momentum,
    NoisyBatchNorm,
    NoNorm,
    NormSpec,
    ResNetSpec,
    RunSpec,
)
from normscope.training.checkpoint import State
from normscope.training.fork import Fork, take_over
from normscope.training.loop import train
from normscope.training.replicate import Replicate, build_replicates
from tests.training.helpers import Calm, Memory, arms, data_of, orders_of, small
from tests.training.resuming import Folder

MLP = MlpSpec(hidden=(6, 4), activation="tanh")
CNN = CnnSpec(convolutions=(4, "pool", 6), hidden=(5,), head="flatten")
RESNET = ResNetSpec(depth=18, width=2)


def spec_of(model: ModelSpec, *norms: NormSpec, **changes: Any) -> RunSpec:
    fields: dict[str, Any] = {"steps": 25, "checkpoint_every": 25, "optimizer": Momentum(), "batch_size": 10}
    return small(model=model, arms=arms(*norms), **(fields | changes))


def trained(spec: RunSpec, folder: Path, fork: Fork | None = None) -> tuple[Memory, Folder]:
    folder.mkdir(exist_ok=True)
    memory, kept = Memory(), Folder(folder)
    train(spec, data_of(spec), sink=memory, control=Calm(), keeper=kept, fork=fork)
    return memory, kept


def forked(spec: RunSpec, parent: RunSpec, state: State, inserted: str = "fresh") -> tuple[Any, list[Replicate], Any]:
    """Origins, the fork's replicates and the parent's, before the first step."""
    data, count = data_of(spec), len(spec.arms)
    sources = [min(index, len(parent.arms) - 1) for index in range(count)]
    request = ForkRequest.model_validate({"spec": spec.model_dump(), "sources": sources, "inserted_norms": inserted})
    assert fork_faults(parent, request) == []
    ours, theirs = (build_replicates(one, data.train.x.shape[1], data.classes) for one in (spec, parent))
    for replicate, saved in zip(theirs, state["replicates"], strict=True):
        replicate.load_state_dict(saved)
    origin = Origin(spec=parent, sources=request.sources, inserted_norms=request.inserted_norms)
    return take_over(Fork(origin, state), spec, data, ours, orders_of(spec)), ours, theirs


def logits(replicate: Replicate, model: ModelSpec) -> torch.Tensor:
    replicate.model.eval()
    with torch.no_grad():
        found: torch.Tensor = replicate.model(torch.from_numpy(data_of(small(model=model)).test.x))
    replicate.model.train()
    return found


def difference(ours: Replicate, theirs: Replicate, model: ModelSpec) -> float:
    return float((logits(ours, model) - logits(theirs, model)).abs().max())


@pytest.mark.parametrize("model", [MLP, CNN], ids=lambda each: each.kind)
@pytest.mark.parametrize("optimizer", [Momentum(), Adam()], ids=lambda each: each.kind)
def test_an_unchanged_fork_has_the_losses_of_a_longer_parent(tmp_path: Path, model: ModelSpec, optimizer: Any) -> None:
    norms = (NoNorm(), BatchNorm(), NoisyBatchNorm())
    changes: dict[str, Any] = {"optimizer": optimizer, "dropout": 0.3, "seeds": (1, 5)}
    if model.kind == "cnn":
        changes["dataset"] = DataSetSpec.model_validate(
            {"kind": "digits", "train_examples": 40, "augment": {"crop": 1, "flip": True}}
        )
    spec = spec_of(model, *norms, **changes)
    longer, _ = trained(spec.model_copy(update={"steps": 75}), tmp_path / "longer")
    _, first = trained(spec, tmp_path / "parent")
    origin = Origin(spec=spec, sources=(0, 1, 2), inserted_norms="fresh")
    _, second = trained(spec, tmp_path / "fork", Fork(origin, first.state(25)))
    third, _ = trained(spec, tmp_path / "fork of fork", Fork(origin, second.state(25)))
    manifest = next(e for e in longer.events if isinstance(e, ManifestEvent)).manifest
    losses = [series.id for series in manifest.series if series.statistic == "train_loss"]
    assert len(losses) == 6
    for series in losses:
        whole, part = longer.series(series), third.series(series)
        assert part.step.tolist() == list(range(1, 26))
        np.testing.assert_array_equal(whole.value[whole.step > 50], part.value)


@pytest.mark.parametrize("model", [MLP, CNN, RESNET], ids=lambda each: each.kind)
@pytest.mark.parametrize("bias", ["keep", "drop"])
@pytest.mark.parametrize(
    ("source", "target", "inserted", "change"),
    [
        (NoNorm(), BatchNorm(), "identity", "identity"),
        (NoNorm(), GhostBatchNorm(ghost_size=5, placement="after_activation"), "identity", "identity"),
        (NoNorm(), FrozenBatchNorm(), "identity", "identity"),
        (BatchNorm(), FrozenBatchNorm(), "fresh", "kept"),
        (BatchNorm(), NoisyBatchNorm(), "fresh", "kept"),
        (BatchNorm(), NoNorm(), "fresh", "folded"),
        (BatchNorm(affine=False), NoNorm(), "fresh", "folded"),
        (FrozenBatchNorm(), BatchNorm(), "fresh", "kept"),
        (LayerNorm(), LayerNorm(), "fresh", "kept"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.kind,
)
def test_evaluation_is_what_it_was(
    tmp_path: Path, model: ModelSpec, bias: str, source: NormSpec, target: NormSpec, inserted: str, change: str
) -> None:
    parent = spec_of(model, source, redundant_bias=bias)
    spec = parent.model_copy(update={"arms": arms(target)})
    if (bias, target.kind, inserted) == ("drop", "batch", "identity"):  # the bias that it would do without has effect
        (fault,) = fork_faults(parent, ForkRequest(spec=spec, sources=(0,), inserted_norms="identity"))
        assert "biases to be kept" in str(fault)
        return
    _, kept = trained(parent, tmp_path / "parent")
    (origin,), (ours,), (theirs,) = forked(spec, parent, kept.state(25), inserted)
    assert origin.norm == change
    scale = float(logits(theirs, model).abs().max())
    assert difference(ours, theirs, model) <= 1e-5 * max(1.0, scale)
    names = [name for name, _ in ours.model.named_parameters()]
    assert sorted([*origin.carried, *origin.changed, *origin.new]) == sorted(names)


@pytest.mark.parametrize("model", [MLP, CNN], ids=lambda each: each.kind)
def test_a_fresh_norm_begins_with_gamma_1_and_the_rest_goes_on(tmp_path: Path, model: ModelSpec) -> None:
    parent = spec_of(model, NoNorm(), LayerNorm())
    _, kept = trained(parent, tmp_path / "parent")
    spec = parent.model_copy(update={"arms": arms(BatchNorm(), BatchNorm())})
    origins, ours, theirs = forked(spec, parent, kept.state(25))
    assert [origin.norm for origin in origins] == ["inserted", "replaced"]
    for replicate, source, origin in zip(ours, theirs, origins, strict=True):
        norms = {name: p for name, p in replicate.model.named_parameters() if ".norm." in name}
        assert set(origin.new) == set(norms)
        assert set(origin.optimizer_carried) == set(origin.carried)
        for name, parameter in norms.items():
            assert torch.equal(parameter, torch.full_like(parameter, float(name.endswith("weight"))))
        theirs_by_name = dict(source.model.named_parameters())
        for name, parameter in replicate.model.named_parameters():
            if name in origin.carried:
                assert torch.equal(parameter, theirs_by_name[name])


def test_moments_go_on_where_optimizer_and_parameter_are_the_same(tmp_path: Path) -> None:
    parent = spec_of(MLP, BatchNorm(), optimizer=Adam())
    _, kept = trained(parent, tmp_path / "parent")
    made = (
        ArmSpec(name="same", norm=BatchNorm()),
        ArmSpec(name="folded", norm=NoNorm()),
        ArmSpec(name="other optimizer", norm=BatchNorm(), optimizer=Momentum()),
    )
    origins, ours, _ = forked(parent.model_copy(update={"arms": made}), parent, kept.state(25))
    assert origins[0].optimizer_carried == origins[0].carried
    assert origins[1].optimizer_carried == ("out.weight", "out.bias")
    assert origins[1].changed == ("hidden.0.linear.weight", "hidden.0.linear.bias",
                                  "hidden.1.linear.weight", "hidden.1.linear.bias")  # fmt: skip
    assert origins[2].optimizer_carried == ()
    assert [len(replicate.optimizer.state) for replicate in ours] == [10, 2, 0]


def test_a_fork_starts_with_its_own_manifest_and_certificate(tmp_path: Path) -> None:
    parent = spec_of(MLP, NoNorm(), BatchNorm())
    _, kept = trained(parent, tmp_path / "parent")
    spec = parent.model_copy(update={"arms": arms(NoNorm(), FrozenBatchNorm(), BatchNorm()), "steps": 7})
    origin = Origin(spec=parent, sources=(0, 1, 1), inserted_norms="fresh")
    memory, _ = trained(spec, tmp_path / "fork", Fork(origin, kept.state(25)))
    first = memory.events[0]
    assert isinstance(first, ManifestEvent)
    assert len(first.manifest.arms) == 3
    assert [(each["source"], each["norm"]) for each in first.fairness["origins"]] == [
        (0, "kept"),
        (1, "kept"),
        (1, "kept"),
    ]
    assert max(memory.points.step) == 7


@pytest.mark.parametrize(
    ("source", "target", "changes", "path", "words"),
    [
        (NoNorm(), LayerNorm(), {"inserted": "identity"}, "spec.arms.0.norm", "which alone can be inserted"),
        (NoNorm(), BatchNorm(affine=False), {"inserted": "identity"}, "spec.arms.0.norm", "gamma and beta"),
        (LayerNorm(), NoNorm(), {}, "spec.arms.0.norm", "folded into weights, got layer"),
        (BatchNorm(placement="after_activation"), NoNorm(), {}, "spec.arms.0.norm", "before the activation"),
        (BatchNorm(track_running_statistics=False), NoNorm(), {}, "spec.arms.0.norm", "running statistics"),
        (BatchNorm(track_running_statistics=False), FrozenBatchNorm(), {}, "spec.arms.0.norm", "are frozen"),
        (BatchNorm(), BatchNorm(placement="after_activation"), {}, "spec.arms.0.norm", "expected the placement"),
        (NoNorm(), NoNorm(), {"batch_size": 5}, "spec.batch_size", "expected the parent's 10, got 5"),
        (NoNorm(), NoNorm(), {"seeds": (3,)}, "spec.seeds", "expected the parent's [1], got [3]"),
        (NoNorm(), NoNorm(), {"model": CNN}, "spec.model", "expected the parent's"),
        (NoNorm(), NoNorm(), {"dataset": DataSetSpec(kind="digits")}, "spec.dataset", "expected the parent's"),
        (NoNorm(), NoNorm(), {"sources": (1,)}, "sources.0", "from 0 to 0, got 1"),
        (NoNorm(), NoNorm(), {"sources": (-1,)}, "sources.0", "from 0 to 0, got -1"),
        (NoNorm(), NoNorm(), {"sources": (0, 0)}, "sources", "each of the 1 arms, got 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_forked_is_refused_with_its_field(
    source: NormSpec, target: NormSpec, changes: dict[str, Any], path: str, words: str
) -> None:
    parent = spec_of(MLP, source)
    inserted, sources = changes.pop("inserted", "fresh"), changes.pop("sources", (0,))
    spec = parent.model_copy(update={"arms": arms(target), **changes})
    request = ForkRequest(spec=spec, sources=sources, inserted_norms=inserted)
    (fault,) = fork_faults(parent, request)
    assert fault.path == path
    assert words in str(fault)
