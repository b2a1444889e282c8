"""Order, initial tensors, dropout, norms and optimizers: each by its definition."""

from __future__ import annotations

import math

import pytest
import torch

from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    BatchNorm,
    DefaultInitialisation,
    HeInitialisation,
    InitialisationSpec,
    MlpSpec,
    Momentum,
    NoNorm,
    NormalInitialisation,
    OptimizerSpec,
    Sgd,
    XavierInitialisation,
)
from normscope.training.dropout import Dropout
from normscope.training.evaluate import evaluate
from normscope.training.optimizers import build_optimizer
from normscope.training.order import Order
from normscope.training.replicate import Replicate, build_replicates
from tests.training.helpers import arms, small


@pytest.mark.parametrize(("drop_last", "sizes"), [(True, [4, 4, 4, 4]), (False, [4, 4, 2, 4, 4, 2])])
def test_every_epoch_is_a_new_permutation(drop_last: bool, sizes: list[int]) -> None:
    order = Order(3, 10, 4, drop_last)
    batches = [order.next() for _ in sizes]
    assert [len(batch) for batch in batches] == sizes
    half = len(sizes) // 2
    epochs = [torch.cat(batches[:half]).tolist(), torch.cat(batches[half:]).tolist()]
    assert all(len(set(epoch)) == len(epoch) for epoch in epochs)
    assert epochs[0] != epochs[1]
    if not drop_last:
        assert all(sorted(epoch) == list(range(10)) for epoch in epochs)


def test_the_order_depends_on_the_seed_only() -> None:
    digests = [Order(seed, 100, size, True).digest for seed, size in ((1, 4), (1, 60), (2, 4))]
    assert digests[0] == digests[1] != digests[2]


def replicates(*specs: InitialisationSpec, hidden: tuple[int, ...] = (300, 200), seed: int = 1) -> list[Replicate]:
    each = tuple(ArmSpec(name=str(i), norm=NoNorm(), initialisation=s) for i, s in enumerate(specs))
    return build_replicates(small(arms=each, model=MlpSpec(hidden=hidden), seeds=(seed,)), 400, 10)


@pytest.mark.parametrize(
    ("spec", "deviation"),
    [
        (NormalInitialisation(std=0.3), 0.3),
        (NormalInitialisation(std=0.3, gain=2.0), 0.6),
        (XavierInitialisation(gain=1.5), 1.5 * math.sqrt(2 / 700)),
        (HeInitialisation(), math.sqrt(2 / 400)),
        (DefaultInitialisation(), 1 / math.sqrt(3 * 400)),
        (DefaultInitialisation(gain=4.0), 4 / math.sqrt(3 * 400)),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_weights_have_the_published_spread(spec: InitialisationSpec, deviation: float) -> None:
    linear = replicates(spec)[0].model.weighted[0]
    weight = linear.weight.detach()
    assert float(weight.std()) == pytest.approx(deviation, rel=0.02)
    assert abs(float(weight.mean())) < 4 * deviation / math.sqrt(weight.numel())
    if spec.kind == "default":
        assert float(weight.abs().max()) <= spec.gain / 20
        assert 0 < float(linear.bias.detach().abs().max()) <= 1 / 20
    else:
        assert not linear.bias.any()


def test_arms_share_draws_and_gain_changes_the_scale_only() -> None:
    one, two, three = replicates(
        NormalInitialisation(std=0.5), NormalInitialisation(std=0.5, gain=4.0), HeInitialisation()
    )
    for a, b, c in zip(one.model.weighted, two.model.weighted, three.model.weighted, strict=True):
        assert torch.equal(a.weight * 4, b.weight)
        assert torch.allclose(c.weight / c.weight.std(), a.weight / a.weight.std(), rtol=1e-4, atol=1e-6)


def test_a_deeper_network_shares_the_tensors_of_a_shallow_one() -> None:
    shallow, deep = replicates(HeInitialisation(), hidden=(20,))[0], replicates(HeInitialisation(), hidden=(20, 20))[0]
    assert torch.equal(shallow.model.weighted[0].weight, deep.model.weighted[0].weight)
    assert not torch.equal(
        shallow.model.weighted[0].weight,
        replicates(HeInitialisation(), hidden=(20,), seed=2)[0].model.weighted[0].weight,
    )


def test_dropout_scales_what_it_keeps_and_rests_in_evaluation() -> None:
    dropout = Dropout(0.25, torch.Generator().manual_seed(0))
    x = torch.full((200, 100), 3.0)
    y = dropout(x)
    assert set(y.unique().tolist()) == {0.0, 4.0}
    assert float((y == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert not torch.equal(y, dropout(x))
    assert torch.equal(dropout.eval()(x), x)


@pytest.mark.parametrize(("spec", "moved"), [(Sgd(learning_rate=0.5), 1.0), (Momentum(learning_rate=0.5), 2.9)])
def test_sgd_and_heavy_ball(spec: OptimizerSpec, moved: float) -> None:
    parameter = torch.nn.Parameter(torch.zeros(3))
    optimizer = build_optimizer(spec, [parameter])
    for _ in range(2):
        parameter.grad = torch.full((3,), -2.0) if spec.kind == "momentum" else torch.full((3,), -1.0)
        optimizer.step()
    assert parameter.tolist() == pytest.approx([moved] * 3)


@pytest.mark.parametrize(("spec", "start", "expected"), [(Adam(), 2.0, 1.999), (AdamW(weight_decay=1.0), 2.0, 1.997)])
def test_first_step_of_adam_has_the_length_of_the_learning_rate(
    spec: OptimizerSpec, start: float, expected: float
) -> None:
    parameter = torch.nn.Parameter(torch.tensor([start]))
    parameter.grad = torch.tensor([123.0])
    build_optimizer(spec, [parameter]).step()
    assert parameter.item() == pytest.approx(expected, abs=1e-6)


def test_evaluation_uses_running_statistics_and_leaves_them_alone() -> None:
    replicate = build_replicates(small(arms=arms(BatchNorm()), dropout=0.5), 5, 3)[0]
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2500, 5, generator=generator), torch.randint(0, 3, (2500,), generator=generator)
    before = {name: value.clone() for name, value in replicate.model.state_dict().items()}
    results = list(evaluate(replicate.model, x, y))
    assert len(results) == 3
    assert all(torch.equal(value, before[name]) for name, value in replicate.model.state_dict().items())
    assert replicate.model.training
    replicate.model.eval()
    logits = replicate.model(x).detach()
    assert results[-1][0] == pytest.approx(float(torch.nn.functional.cross_entropy(logits, y)), rel=1e-5)
    assert results[-1][1] == pytest.approx(float((logits.argmax(1) == y).float().mean()), abs=1e-6)
