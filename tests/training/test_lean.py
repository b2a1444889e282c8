"""The short ways are the long ways: the same bits, and hooks and profilers that are not there stay out of it."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from normscope.core.spec import Adam, AdamW, Momentum, OptimizerSpec, Sgd
from normscope.training.lean import backward, step_of
from normscope.training.optimizers import build_optimizer


def network() -> torch.nn.Sequential:
    torch.manual_seed(5)
    return torch.nn.Sequential(torch.nn.Linear(7, 9), torch.nn.BatchNorm1d(9), torch.nn.Tanh(), torch.nn.Linear(9, 4))


@pytest.mark.parametrize(
    "spec",
    [
        Sgd(weight_decay=0.01),
        Momentum(weight_decay=0.01, decay_norm_parameters=False),
        Adam(),
        AdamW(weight_decay=0.1, decay_norm_parameters=False),
    ],
    ids=lambda spec: spec.kind,
)
def test_steps_have_the_bits_of_pytorch_s_own(spec: OptimizerSpec) -> None:
    x, y = torch.randn(20, 7), torch.arange(20) % 4
    models = [network(), network()]
    optimizers = [build_optimizer(spec, list(m[0].parameters()), list(m[1].parameters())) for m in models]
    step = step_of(optimizers[0])
    for number in range(5):
        for optimizer in optimizers:
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group["lr"] = 0.1 / (1 + number)
        backward(F.cross_entropy(models[0](x), y))
        F.cross_entropy(models[1](x), y).backward()  # type: ignore[no-untyped-call]
        for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
            assert one.grad is not None
            assert other.grad is not None
            assert torch.equal(one.grad, other.grad)
            assert not one.grad.requires_grad
        step()
        optimizers[1].step()
        for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
            assert torch.equal(one, other)
    states = [optimizer.state_dict()["state"] for optimizer in optimizers]
    assert states[0].keys() == states[1].keys()
    for key in states[0]:
        for name, value in states[0][key].items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(states[1][key][name])), name


def test_a_loss_of_another_type_goes_pytorch_s_own_way() -> None:
    weight = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
    backward((weight**2).sum())
    assert weight.grad is not None
    assert weight.grad.tolist() == [4.0, 6.0]


def test_the_graph_is_freed_as_usual() -> None:
    weight = torch.tensor([2.0], requires_grad=True)
    loss = (weight**2).sum()
    backward(loss)
    with pytest.raises(RuntimeError, match="second time"):
        backward(loss)
