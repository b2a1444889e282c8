"""The whole observation of a real step against float64 arithmetic of PyTorch on copies of the same tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.manifest import layer_statistics, layers_of
from normscope.core.spec import (
    ActivationKind,
    ArmSpec,
    BatchNorm,
    DataSetSpec,
    GroupNorm,
    LayerNorm,
    MlpSpec,
    NoNorm,
    NormSpec,
    RmsNorm,
    RunSpec,
)
from normscope.probes.observer import Observer
from normscope.training.replicate import Replicate, build_replicates

NORMS: tuple[NormSpec, ...] = (
    NoNorm(),
    BatchNorm(),
    BatchNorm(placement="after_activation"),
    LayerNorm(),
    GroupNorm(groups=3),
    RmsNorm(),
)


def oracle(statistic: str, activation: ActivationKind, z: Tensor, a: Tensor, gradient: Tensor) -> float:
    """One layer statistic, by definition."""
    match statistic:
        case "input_mean":
            return float(z.double().mean())
        case "input_variance":
            return float(z.double().var(unbiased=False))
        case "output_mean":
            return float(a.double().mean())
        case "output_variance":
            return float(a.double().var(unbiased=False))
        case "saturated":
            far = (a - 0.5).abs() > 0.45 if activation == "sigmoid" else a.abs() > 0.95
            return float(far.double().mean())
        case "dead":
            silent = a == 0 if activation == "relu" else a.abs() < 0.01
            return float(silent.all(dim=0).double().mean())
        case _:
            return math.sqrt(sum(float(g) ** 2 for g in gradient.ravel()))


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}")
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
def test_every_statistic_of_a_step(activation: ActivationKind, norm: NormSpec) -> None:
    spec = RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=MlpSpec(hidden=(6, 9), activation=activation),
        arms=(ArmSpec(name="a", norm=norm),),
        batch_size=7,
        dropout=0.25,
    )
    replicate: Replicate = build_replicates(spec, 5, 4)[0]
    generator = torch.Generator().manual_seed(3)
    x, y = torch.randn(7, 5, generator=generator) * 3, torch.randint(0, 4, (7,), generator=generator)
    trace: list[Tensor] = []
    logits = replicate.model(x, trace)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    linears = replicate.model.linears()
    observer = Observer((5, 6, 9, 4), activation, linears, layers=True, bins=8)
    block = np.full((3, 40), -1.0)
    assert observer.scalars(loss, logits, y, trace, block, 1, 4)

    expected = [float(F.cross_entropy(logits.detach().double(), y)), float((logits.argmax(1) == y).double().mean())]
    for layer in layers_of(spec, 4):
        z, a = (logits, logits) if layer.activation is None else trace[2 * layer.index - 2 : 2 * layer.index]
        gradient = linears[layer.index - 1].weight.grad
        assert gradient is not None
        expected += [oracle(s, activation, z.detach(), a.detach(), gradient) for s in layer_statistics(layer)]
    assert block[1, 4 : 4 + len(expected)] == pytest.approx(np.array(expected), rel=1e-6, abs=1e-9)
    assert (block[[0, 2]] == -1).all()
    assert (block[1, :4] == -1).all()
    assert (block[1, 4 + len(expected) :] == -1).all()


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf, 3.4e38])
def test_a_loss_that_is_not_finite_is_noticed(loss: float) -> None:
    observer = Observer((2, 2, 2), "relu", [], layers=False, bins=8)
    block = np.zeros((1, 2))
    tensors = torch.tensor(loss), torch.zeros(1, 2), torch.zeros(1, dtype=torch.int64)
    assert observer.scalars(*tensors, [], block, 0, 0) == math.isfinite(loss)
    assert block[0, 1] == 1.0


def test_memory_of_another_layout_is_refused() -> None:
    observer = Observer((2, 2, 2), "relu", [], layers=False, bins=8)
    with pytest.raises(TypeError, match=r"contiguous torch\.float32"):
        observer.scalars(
            torch.tensor(0.0), torch.zeros(2, 3).t(), torch.zeros(3, dtype=torch.int64), [], np.zeros((1, 2)), 0, 0
        )


def test_distribution_reads_the_tensor_it_is_given() -> None:
    z = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    low, middle, high, counts = Observer((2, 2, 2), "relu", [], layers=True, bins=8).distribution(z)
    expected = np.percentile(z.numpy(), [15, 50, 85], axis=0)
    assert np.stack([low, middle, high]) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert counts[0] == z.min()
    assert counts[2:].sum() == 120
