"""What shapes a step besides the gradient: schedule, weight decay, clipping, smoothed labels, dropout's place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from normscope.core.events import ManifestEvent, ReplicateEndedEvent
from normscope.core.schedule import learning_rate
from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    BatchNorm,
    CosineSchedule,
    DropoutPlacement,
    LayerNorm,
    Momentum,
    NoNorm,
    NormSpec,
    OptimizerSpec,
    Sgd,
    StepSchedule,
)
from normscope.training.loop import train
from normscope.training.measurements import training_loss
from normscope.training.replicate import build_replicates
from tests.training.helpers import Calm, Memory, arms, small, toy


def rates(memory: Memory, arm: int) -> list[float]:
    manifest = memory.events[0]
    assert isinstance(manifest, ManifestEvent)
    (series,) = [s for s in manifest.manifest.series if (s.statistic, s.arm) == ("learning_rate", arm)]
    return memory.series(series.id).value.tolist()


def test_each_arm_follows_its_schedule_and_the_series_says_so() -> None:
    own = CosineSchedule(warmup_steps=3)
    spec = small(
        arms=(ArmSpec(name="a", norm=NoNorm()), ArmSpec(name="b", norm=NoNorm(), schedule=own)),
        schedule=StepSchedule(every=10, factor=0.5),
    )
    memory = Memory()
    train(spec, toy(), sink=memory, control=Calm())
    assert rates(memory, 0) == pytest.approx([0.1] * 10 + [0.05] * 10 + [0.025] * 10)
    assert rates(memory, 1) == pytest.approx([learning_rate(0.1, own, step, 30) for step in range(1, 31)])


def trained(**changes: Any) -> dict[str, float]:
    memory = Memory()
    train(small(**changes), toy(), sink=memory, control=Calm())
    (ended,) = [e for e in memory.events if isinstance(e, ReplicateEndedEvent) and e.arm == 0]
    return {str(metric): value for metric, value in ended.final.items()}


def test_a_rate_of_nearly_nothing_learns_nothing() -> None:
    few = {"arms": arms(NoNorm()), "steps": 3}
    start = trained(**few, optimizer=Sgd(learning_rate=1e-9))
    frozen = trained(**few, schedule=StepSchedule(every=1, factor=1e-9), optimizer=Sgd(learning_rate=1e-9))
    assert start["validation_loss"] == pytest.approx(frozen["validation_loss"], rel=1e-6)
    assert trained(**few)["validation_loss"] < start["validation_loss"]


def replicate_of(norm: NormSpec, **changes: Any) -> Any:
    return build_replicates(small(arms=arms(norm), **changes), 5, 3)[0]


@pytest.mark.parametrize("kind", [Sgd, Momentum, Adam, AdamW])
@pytest.mark.parametrize("spare", [True, False])
def test_weight_decay_shrinks_weights_and_norms_where_asked(kind: type[OptimizerSpec], spare: bool) -> None:
    optimizer = kind(learning_rate=0.01, weight_decay=0.5, decay_norm_parameters=not spare)  # type: ignore[call-arg]
    replicate = replicate_of(LayerNorm(), optimizer=optimizer)
    gammas = [m.weight for m in replicate.model.modules() if isinstance(m, nn.LayerNorm)]
    weight = replicate.model.weighted[0].weight
    before = weight.detach().clone()
    for parameter in replicate.model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    replicate.learn(0.01, None)
    assert len(gammas) == 2
    assert all(torch.equal(gamma, torch.ones_like(gamma)) == spare for gamma in gammas)
    assert float(weight.detach().norm()) < float(before.norm())


def test_plain_weight_decay_is_the_l2_penalty() -> None:
    replicate = replicate_of(NoNorm(), optimizer=Sgd(weight_decay=0.3))
    weight = replicate.model.weighted[0].weight
    before = weight.detach().clone()
    for parameter in replicate.model.parameters():
        parameter.grad = torch.full_like(parameter, 2.0)
    replicate.learn(0.1, None)
    assert torch.allclose(weight, before - 0.1 * (2.0 + 0.3 * before), atol=1e-6)


def stepped(gradient: float, clip: float | None) -> Tensor:
    """How far all parameters go in a step of rate 1."""
    replicate = replicate_of(BatchNorm(), optimizer=Sgd())
    parameters = list(replicate.model.parameters())
    before = torch.cat([p.detach().reshape(-1).clone() for p in parameters])
    for parameter in parameters:
        parameter.grad = torch.full_like(parameter, gradient)
    replicate.learn(1.0, clip)
    return before - torch.cat([p.detach().reshape(-1) for p in parameters])


def test_clipping_shortens_long_gradients_keeps_their_direction_and_leaves_short_ones() -> None:
    long = stepped(3.0, 0.5)
    assert float(long.norm()) == pytest.approx(0.5, rel=1e-4)
    assert float(long.max() - long.min()) < 1e-5
    assert torch.allclose(stepped(1e-3, 0.5), stepped(1e-3, None), atol=1e-8)


def test_smoothed_labels_raise_the_training_loss_only() -> None:
    same = {"arms": arms(NoNorm()), "steps": 1, "evaluate_every": 1, "optimizer": Sgd(learning_rate=1e-9)}
    plain, smooth = trained(**same), trained(**same, label_smoothing=0.5)
    assert smooth["validation_loss"] == pytest.approx(plain["validation_loss"], rel=1e-6)
    assert smooth["test_loss"] == pytest.approx(plain["test_loss"], rel=1e-6)
    assert smooth["train_loss"] != plain["train_loss"]


def test_the_smoothed_loss_is_the_mixture_with_the_uniform_target() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5]])
    log_p = logits.log_softmax(1)[0].numpy().astype(np.float64)
    expected = -(0.7 * log_p[0] + 0.3 * log_p.mean())
    got = training_loss(small(label_smoothing=0.3))(logits, torch.tensor([0]))
    assert float(got) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("norm", "place", "order"),
    [
        (BatchNorm(), "after_norm", ["linear", "norm", "activation", "dropout"]),
        (BatchNorm(), "before_norm", ["linear", "dropout", "norm", "activation"]),
        (BatchNorm(placement="after_activation"), "after_norm", ["linear", "activation", "norm", "dropout"]),
        (BatchNorm(placement="after_activation"), "before_norm", ["linear", "activation", "dropout", "norm"]),
        (NoNorm(), "before_norm", ["linear", "activation", "dropout"]),
    ],
)
def test_dropout_stands_where_it_is_asked_for(norm: NormSpec, place: DropoutPlacement, order: list[str]) -> None:
    replicate = replicate_of(norm, dropout=0.5, dropout_placement=place)
    assert list(replicate.model.hidden[0]) == order
