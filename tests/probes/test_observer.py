"""The contract of an observer, for both: every statistic of a real step against its definition, on copies of the same
tensors in float64; and one observer against the other over random networks."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
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
    ProbeSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
)
from normscope.core.statistics import step_statistics
from normscope.probes import tensor
from normscope.probes.compiled_observer import CompiledObserver
from normscope.probes.distribution import LEVELS, percentiles
from normscope.probes.histogram import histogram
from normscope.probes.observer import Measured, Observer
from normscope.probes.tensor_observer import TensorObserver
from normscope.training.divergence import first_fault
from normscope.training.readings import measured_of
from normscope.training.replicate import Replicate, build_replicates
from tests.probes.strategies import ANY, matrices

Kind = Literal["compiled", "tensor"]
KINDS: tuple[Kind, ...] = ("compiled", "tensor")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each observer in turn."""
    chosen: Kind = request.param
    return chosen


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


class Observed:
    """An observer with a block of its own, whichever it is."""

    def __init__(self, kind: Kind, measured: Measured, width: int) -> None:
        if kind == "compiled":
            self.block = np.full((3, width + 6), -1.0)
            self.observer: Observer = CompiledObserver(measured, self.block, 4)
        else:
            block = torch.full((3, width + 6), -1.0, dtype=torch.float64)
            self.observer = TensorObserver(measured, block, 4, width + 5)
            self.block = block.numpy()[:, :-1]
        self.width = width

    def scalars(self, *step: Any) -> list[float]:
        """What is written to row 1; nothing else is."""
        self.observer.scalars(*step, 1)
        assert (self.block[[0, 2]] == -1).all()
        assert (self.block[1, :4] == -1).all()
        assert (self.block[1, 4 + self.width : self.width + 5] == -1).all()
        row: list[float] = self.block[1, 4 : 4 + self.width].tolist()
        return row


def distribution(kind: Kind, z: Tensor, bins: int = 8) -> list[Tensor]:
    """p15, p50, p85 and histogram of ``z``, [batch, units, ...]."""
    if kind == "tensor":
        return [*tensor.percentiles(z), tensor.histogram(z, bins)]
    values = z.contiguous().numpy().reshape(*z.shape[:2], -1)
    levels, counts = np.empty((len(LEVELS), z.shape[1]), np.float32), np.empty(2 + bins, np.float32)
    percentiles(values, levels)
    histogram(values, counts)
    return [*torch.from_numpy(levels), torch.from_numpy(counts)]


def stepped(spec: RunSpec, channels_last: bool = False, seed: int = 3, scale: float = 3.0) -> tuple[Replicate, Any]:
    """A network after a backward pass, and loss, logits, targets and trace."""
    features = 64 if spec.model.kind != "mlp" else 5
    replicate: Replicate = build_replicates(spec, features, 4)[0]
    generator = torch.Generator().manual_seed(seed)
    batch = spec.batch_size
    x, y = torch.randn(batch, features, generator=generator), torch.randint(0, 4, (batch,), generator=generator)
    trace: list[Tensor] = []
    if channels_last:
        replicate.model.to(memory_format=torch.channels_last)
    logits = replicate.model(x * scale, trace)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    return replicate, (loss, logits, y, trace)


def defined(spec: RunSpec, replicate: Replicate, step: Any) -> list[float]:
    """What the definitions say of a step."""
    _, logits, y, trace = step
    weighted = replicate.model.weighted
    expected = [float(F.cross_entropy(logits.detach().double(), y)), float((logits.argmax(1) == y).double().mean())]
    for index, layer in enumerate(plan_of(spec, 4).layers, 1):
        z, a = (logits, logits) if layer.activation is None else trace[2 * index - 2 : 2 * index]
        assert z.shape[1] == layer.units
        assert z[0, 0].numel() == layer.positions
        gradient = weighted[index - 1].weight.grad
        assert gradient is not None
        expected += [oracle(s, spec.model.activation, z.detach(), a.detach(), gradient) for s in step_statistics(layer)]
    return expected


def spec_of(model: ModelSpec, norm: NormSpec, batch_size: int = 7, seeds: tuple[int, ...] = (1,)) -> RunSpec:
    """One arm with dropout."""
    return RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=model,
        arms=(ArmSpec(name="a", norm=norm),),
        batch_size=batch_size,
        seeds=seeds,
        dropout=0.25,
    )


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}")
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.kind)
def test_every_statistic_of_a_step(kind: Kind, model: ModelSpec, activation: ActivationKind, norm: NormSpec) -> None:
    spec = spec_of(model.model_copy(update={"activation": activation}), norm)
    replicate, step = stepped(spec)
    expected = defined(spec, replicate, step)
    got = Observed(kind, measured_of(spec, replicate), len(expected)).scalars(*step)
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_memory_of_another_layout_is_read_right(kind: Kind) -> None:
    spec = spec_of(MODELS[1], BatchNorm())
    replicate, step = stepped(spec, channels_last=True)
    gradients = [layer.weight.grad for layer in replicate.model.weighted]
    assert any(gradient is not None and not gradient.is_contiguous() for gradient in gradients)
    expected = defined(spec, replicate, step)
    got = Observed(kind, measured_of(spec, replicate), len(expected)).scalars(*step)
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(max_examples=60)
@given(
    model=st.sampled_from(MODELS),
    activation=st.sampled_from(["sigmoid", "tanh", "relu", "gelu"]),
    norm=st.sampled_from(NORMS),
    batch=st.integers(2, 40),
    seed=st.integers(0, 2**31 - 1),
    scale=st.floats(1e-3, 1e3),
)
def test_both_observers_say_the_same_of_random_networks(
    model: ModelSpec, activation: ActivationKind, norm: NormSpec, batch: int, seed: int, scale: float
) -> None:
    """Both sum float32 values in float64, in different orders: 12 digits are the same, of means those of the spread."""
    spec = spec_of(model.model_copy(update={"activation": activation}), norm, batch_size=batch, seeds=(seed,))
    replicate, step = stepped(spec, seed=seed, scale=scale)
    what = measured_of(spec, replicate)
    width = len(defined(spec, replicate, step))
    one, two = (Observed(kind, what, width) for kind in KINDS)
    largest = max(float(tensor.detach().abs().max()) for tensor in (*step[3], step[1]))
    assert one.scalars(*step) == pytest.approx(two.scalars(*step), rel=1e-12, abs=1e-13 * largest)
    for z in step[3][::2]:
        *levels, counts = distribution("compiled", z.detach())
        *others, their_counts = distribution("tensor", z.detach())
        for level, other in zip(levels, others, strict=True):
            torch.testing.assert_close(level, other, rtol=1.2e-7, atol=0.0)  # the last bit of float32
        assert counts[:2].tolist() == their_counts[:2].tolist()
        moved = (counts[2:] - their_counts[2:]).cumsum(0).abs().max()
        assert moved <= 1, "a value on the edge between two bins may fall into either"


SIZES = [(2, 1), (2, 1)]
LOSS_ONLY = Measured(SIZES, "relu", [], [[], []], layers=False)


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf, 3.4e38])
def test_a_loss_that_is_not_finite_is_noticed(kind: Kind, loss: float) -> None:
    observed = Observed(kind, LOSS_ONLY, 2)
    given_loss = torch.tensor(loss)
    row = observed.scalars(given_loss, torch.zeros(1, 2), torch.zeros(1, dtype=torch.int64), [])
    assert row == pytest.approx([float(given_loss), 1.0], nan_ok=True)
    if isinstance(observed.observer, TensorObserver):
        assert bool(observed.observer.lost) == (not math.isfinite(loss))
    else:
        assert observed.observer.scalars(given_loss, torch.zeros(1, 2), torch.zeros(1).long(), [], 0) == (
            math.isfinite(loss)
        )


def test_logits_of_another_layout_are_read_right(kind: Kind) -> None:
    logits = torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]).t()
    row = Observed(kind, LOSS_ONLY, 2).scalars(torch.tensor(0.0), logits, torch.tensor([1, 0, 1]), [])
    assert row[1] == pytest.approx(2 / 3)


def test_of_equal_logits_the_first_counts_and_nan_is_wrong(kind: Kind) -> None:
    logits = torch.tensor([[1.0, 1.0], [1.0, 1.0], [math.nan, 0.0], [0.0, math.nan]])
    row = Observed(kind, LOSS_ONLY, 2).scalars(torch.tensor(0.0), logits, torch.tensor([0, 1, 0, 1]), [])
    assert row[1] == 0.25


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_not_hidden(kind: Kind, value: float) -> None:
    spec = spec_of(MlpSpec(hidden=(6,)), NoNorm())
    replicate, (loss, logits, y, trace) = stepped(spec)
    z = trace[0].detach().clone()
    z[2, 1] = value
    width = len(defined(spec, replicate, (loss, logits, y, trace)))
    row = Observed(kind, measured_of(spec, replicate), width).scalars(loss, logits, y, [z, trace[1]])
    assert row[2:4] == pytest.approx([value, math.nan], nan_ok=True)
    assert np.isfinite(row[:2] + row[4:]).all()


def test_distribution_reads_the_tensor_it_is_given(kind: Kind) -> None:
    z = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    low, middle, high, counts = distribution(kind, z)
    expected = np.percentile(z.numpy(), [15, 50, 85], axis=0)
    assert torch.stack([low, middle, high]).numpy() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert counts[0] == z.min()
    assert counts[2:].sum() == 120


@pytest.mark.parametrize("channels_last", [False, True])
def test_distribution_of_channels_is_over_batch_and_positions(kind: Kind, channels_last: bool) -> None:
    z = torch.randn(30, 4, 5, 3, generator=torch.Generator().manual_seed(0))
    z += torch.arange(4.0).view(1, 4, 1, 1)
    given_z = z.to(memory_format=torch.channels_last) if channels_last else z
    low, middle, high, counts = distribution(kind, given_z)
    expected = np.percentile(z.numpy(), [15, 50, 85], axis=(0, 2, 3))
    assert torch.stack([low, middle, high]).numpy() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    edges = np.linspace(float(z.min()), float(z.max()), 9)
    assert counts[2:].numpy() == pytest.approx(np.histogram(z.numpy().astype(np.float64), edges)[0], abs=1)


@given(values=matrices(ANY), bins=st.integers(8, 20))
def test_both_observers_say_the_same_of_any_distribution(values: Any, bins: int) -> None:
    """NaN and infinity among them."""
    compiled, other = (distribution(kind, torch.from_numpy(values), bins) for kind in KINDS)
    for one, two in zip(compiled, other, strict=True):
        assert one.dtype == two.dtype == torch.float32
        assert one.shape == two.shape
    tiny = float(np.finfo(np.float32).smallest_subnormal)
    torch.testing.assert_close(compiled[:3], other[:3], rtol=1.2e-7, atol=tiny, equal_nan=True)
    torch.testing.assert_close(compiled[3][:2], other[3][:2], rtol=0, atol=0, equal_nan=True)
    assert compiled[3][2:].sum() == other[3][2:].sum()
    assert (compiled[3][2:] - other[3][2:]).cumsum(0).abs().max() <= 1


@pytest.mark.parametrize("where", ["parameters", "input", "output", "logits", "loss"])
@pytest.mark.parametrize("layers", [True, False])
def test_a_device_finds_the_fault_that_the_host_finds(where: str, layers: bool) -> None:
    spec = spec_of(MlpSpec(hidden=(6, 9)), BatchNorm()).model_copy(update={"probes": ProbeSpec(layers=layers)})
    replicate, (loss, logits, y, trace) = stepped(spec)
    trace, logits = [tensor.detach().clone() for tensor in trace], logits.detach().clone()
    if where == "parameters":
        replicate.model.get_parameter("hidden.1.norm.bias").data[3] = math.nan
    elif where == "logits":
        logits[1, 1] = math.inf
    elif where != "loss":
        trace[2 if where == "input" else 3][1, 2] = -math.inf
    width = len(defined(spec, replicate, (loss, logits, y, trace))) if layers else 2
    observed = Observed("tensor", measured_of(spec, replicate), width)
    observed.scalars(loss * math.inf, logits, y, trace)
    assert isinstance(observed.observer, TensorObserver)
    fault = observed.observer.fault(float(observed.block.base[1, -1]))
    assert fault == first_fault(replicate.model, logits, trace)
    assert fault[1] == ("output" if where == "logits" else where)
