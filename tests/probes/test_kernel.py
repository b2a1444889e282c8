"""The whole observation of a real step against float64 arithmetic of PyTorch on copies of the same tensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.network import plan_of
from normscope.core.spec import (
    ActivationKind,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    GroupNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    NoNorm,
    NormSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
)
from normscope.core.statistics import step_statistics
from normscope.probes.observer import Observer
from normscope.training.replicate import Replicate, build_replicates

NORMS: tuple[NormSpec, ...] = (
    NoNorm(),
    BatchNorm(),
    BatchNorm(placement="after_activation"),
    LayerNorm(),
    GroupNorm(groups=3, eps=1e-2),
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
            return float(silent.transpose(0, 1).flatten(1).all(dim=1).double().mean())
        case _:
            return math.sqrt(sum(float(g) ** 2 for g in gradient.ravel()))


MODELS: tuple[ModelSpec, ...] = (
    MlpSpec(hidden=(6, 9)),
    CnnSpec(convolutions=(6, "pool", 3), hidden=(9,), head="flatten"),
    CnnSpec(convolutions=(3, 6, "pool", "pool", 3), kernel_size=5),
    ResNetSpec(depth=8, width=3),
    ResNetSpec(depth=18, width=3),
)


def observed(spec: RunSpec, channels_last: bool = False) -> tuple[list[float], list[float]]:
    """What the observer says of one step, and what the definitions say."""
    features = 64 if spec.model.kind != "mlp" else 5
    replicate: Replicate = build_replicates(spec, features, 4)[0]
    generator = torch.Generator().manual_seed(3)
    x, y = torch.randn(7, features, generator=generator) * 3, torch.randint(0, 4, (7,), generator=generator)
    trace: list[Tensor] = []
    if channels_last:
        replicate.model.to(memory_format=torch.channels_last)
    logits = replicate.model(x, trace)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    weighted = replicate.model.weighted_layers()
    plan = replicate.model.plan.layers
    sizes = [(layer.units, layer.positions) for layer in plan]
    observer = Observer(sizes, spec.model.activation, weighted, layers=True, bins=8)
    expected = [float(F.cross_entropy(logits.detach().double(), y)), float((logits.argmax(1) == y).double().mean())]
    for index, layer in enumerate(plan_of(spec, 4).layers, 1):
        z, a = (logits, logits) if layer.activation is None else trace[2 * index - 2 : 2 * index]
        assert z.shape[1] == layer.units
        assert z[0, 0].numel() == layer.positions
        gradient = weighted[index - 1].weight.grad
        assert gradient is not None
        if channels_last and gradient.dim() == 4 and gradient.shape[1] > 1:
            assert not gradient.is_contiguous()
        expected += [oracle(s, spec.model.activation, z.detach(), a.detach(), gradient) for s in step_statistics(layer)]
    block = np.full((3, len(expected) + 6), -1.0)
    assert observer.scalars(loss, logits, y, trace, block, 1, 4)
    assert (block[[0, 2]] == -1).all()
    assert (block[1, :4] == -1).all()
    assert (block[1, 4 + len(expected) :] == -1).all()
    return block[1, 4 : 4 + len(expected)].tolist(), expected


def spec_of(model: ModelSpec, norm: NormSpec) -> RunSpec:
    """One arm with dropout."""
    return RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=model,
        arms=(ArmSpec(name="a", norm=norm),),
        batch_size=7,
        dropout=0.25,
    )


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}")
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.kind)
def test_every_statistic_of_a_step(model: ModelSpec, activation: ActivationKind, norm: NormSpec) -> None:
    measured, expected = observed(spec_of(model.model_copy(update={"activation": activation}), norm))
    assert measured == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_memory_of_another_layout_is_read_right() -> None:
    measured, expected = observed(spec_of(MODELS[1], BatchNorm()), channels_last=True)
    assert measured == pytest.approx(expected, rel=1e-6, abs=1e-9)


SIZES = [(2, 1), (2, 1)]


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf, 3.4e38])
def test_a_loss_that_is_not_finite_is_noticed(loss: float) -> None:
    observer = Observer(SIZES, "relu", [], layers=False, bins=8)
    block = np.zeros((1, 2))
    tensors = torch.tensor(loss), torch.zeros(1, 2), torch.zeros(1, dtype=torch.int64)
    assert observer.scalars(*tensors, [], block, 0, 0) == math.isfinite(loss)
    assert block[0, 1] == 1.0


def test_logits_of_another_layout_are_read_right() -> None:
    observer = Observer(SIZES, "relu", [], layers=False, bins=8)
    logits = torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]).t()
    block = np.zeros((1, 2))
    observer.scalars(torch.tensor(0.0), logits, torch.tensor([1, 0, 1]), [], block, 0, 0)
    assert block[0, 1] == pytest.approx(2 / 3)


def test_distribution_reads_the_tensor_it_is_given() -> None:
    z = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    low, middle, high, counts = Observer(SIZES, "relu", [], layers=False, bins=8).distribution(z)
    expected = np.percentile(z.numpy(), [15, 50, 85], axis=0)
    assert np.stack([low, middle, high]) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert counts[0] == z.min()
    assert counts[2:].sum() == 120


@pytest.mark.parametrize("channels_last", [False, True])
def test_distribution_of_channels_is_over_batch_and_positions(channels_last: bool) -> None:
    z = torch.randn(30, 4, 5, 3, generator=torch.Generator().manual_seed(0))
    z += torch.arange(4.0).view(1, 4, 1, 1)
    given = z.to(memory_format=torch.channels_last) if channels_last else z
    low, middle, high, counts = Observer(SIZES, "relu", [], layers=False, bins=8).distribution(given)
    expected = np.percentile(z.numpy(), [15, 50, 85], axis=(0, 2, 3))
    assert np.stack([low, middle, high]) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    edges = np.linspace(float(z.min()), float(z.max()), 9)
    assert counts[2:] == pytest.approx(np.histogram(z.numpy().astype(np.float64), edges)[0], abs=1)
