"""Each norm by its definition, in float64, in both modes, with its state."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from normscope.core.spec import (
    BatchNorm,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    NoisyBatchNorm,
    NormSpec,
    RmsNorm,
)
from normscope.training.norms import build_norm

SHAPES = [(8, 6), (8, 6, 3, 4)]
EVERYWHERE: tuple[NormSpec, ...] = (
    BatchNorm(eps=0.01),
    BatchNorm(eps=0.01, affine=False),
    BatchNorm(eps=0.01, track_running_statistics=False),
    LayerNorm(eps=0.1),
    GroupNorm(groups=3, eps=0.01),
    RmsNorm(eps=0.1),
    GhostBatchNorm(ghost_size=4, eps=0.01),
    FrozenBatchNorm(eps=0.01),
    NoisyBatchNorm(eps=0.01, mean_shift=0, scale_limit=1, mean_jitter=0, scale_jitter=0),
)


def built(spec: NormSpec, shape: tuple[int, ...], seed: int = 0) -> nn.Module:
    norm = build_norm(spec, shape[1], image=len(shape) == 4, noise=torch.Generator().manual_seed(seed))
    assert norm is not None
    return norm


def values(shape: tuple[int, ...], seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 3 + 2


def standardised(group: Tensor, eps: float) -> Tensor:
    """(x - mean) / sqrt(biased variance + eps) over all of ``group``."""
    mean = sum(group.flatten().tolist()) / group.numel()
    variance = sum((v - mean) ** 2 for v in group.flatten().tolist()) / group.numel()
    return (group - mean) / math.sqrt(variance + eps)


def definition(x: Tensor, spec: NormSpec) -> Tensor:
    """Group by group, as the papers say."""
    x, out = x.double(), torch.empty_like(x, dtype=torch.float64)
    examples, units = x.shape[:2]
    match spec:
        case BatchNorm() | NoisyBatchNorm():
            for unit in range(units):
                out[:, unit] = standardised(x[:, unit], spec.eps)
        case GhostBatchNorm():
            for start in range(0, examples, spec.ghost_size):
                part = slice(start, start + spec.ghost_size)
                for unit in range(units):
                    out[part, unit] = standardised(x[part, unit], spec.eps)
        case LayerNorm():
            for example in range(examples):
                out[example] = standardised(x[example], spec.eps)
        case GroupNorm():
            size = units // spec.groups
            for example in range(examples):
                for start in range(0, units, size):
                    out[example, start : start + size] = standardised(x[example, start : start + size], spec.eps)
        case InstanceNorm():
            for example in range(examples):
                for unit in range(units):
                    out[example, unit] = standardised(x[example, unit], spec.eps)
        case RmsNorm():
            for example in range(examples):
                square = sum(v * v for v in x[example].flatten().tolist()) / x[example].numel()
                out[example] = x[example] / math.sqrt(square + spec.eps)
        case _:
            out = x / math.sqrt(1 + spec.eps)
    return out


def per_unit(numbers: Tensor, like: Tensor) -> Tensor:
    return numbers.view(1, -1, *([1] * (like.dim() - 2)))


@pytest.mark.parametrize("shape", SHAPES, ids=["vectors", "images"])
@pytest.mark.parametrize("spec", EVERYWHERE, ids=lambda spec: spec.kind)
def test_norms_are_what_their_papers_say(spec: NormSpec, shape: tuple[int, ...]) -> None:
    x, norm = values(shape), built(spec, shape)
    expected = definition(x, spec)
    for index, parameter in enumerate(norm.parameters()):  # gamma, then beta: of the channel
        assert parameter.shape == (shape[1],)
        with torch.no_grad():
            parameter.copy_(torch.arange(shape[1]) / 4 + index)
        change = per_unit(parameter.detach().double(), x)
        expected = expected + change if index else expected * change
    assert torch.allclose(norm(x).detach().double(), expected, atol=1e-4)


def test_instance_norm_is_each_channel_of_each_example() -> None:
    x, spec = values((4, 3, 5, 2)), InstanceNorm(eps=0.1)
    norm = built(spec, (4, 3, 5, 2))
    assert torch.allclose(norm(x).detach().double(), definition(x, spec), atol=1e-5)
    before = norm(x)
    assert torch.equal(norm.eval()(x), before)


@pytest.mark.parametrize("shape", SHAPES, ids=["vectors", "images"])
@pytest.mark.parametrize("spec", [LayerNorm(), GroupNorm(groups=2), RmsNorm()], ids=lambda spec: spec.kind)
def test_norms_of_one_example_know_no_modes_and_no_batch(spec: NormSpec, shape: tuple[int, ...]) -> None:
    x, norm = values(shape), built(spec, shape)
    alone = torch.cat([norm(x[i : i + 1]) for i in range(len(x))])
    assert torch.allclose(norm(x), alone, atol=1e-6)
    before = norm(x)
    assert torch.equal(norm.eval()(x), before)


@pytest.mark.parametrize("shape", SHAPES, ids=["vectors", "images"])
@pytest.mark.parametrize("spec", [BatchNorm(momentum=0.3), NoisyBatchNorm(momentum=0.3)], ids=lambda spec: spec.kind)
def test_running_statistics_take_the_new_minibatch_by_its_weight(spec: NormSpec, shape: tuple[int, ...]) -> None:
    x, norm = values(shape), built(spec, shape)
    norm(x)
    units = x.double().transpose(0, 1).flatten(1)
    mean, variance = 0.3 * units.mean(1), 0.7 + 0.3 * units.var(1, unbiased=True)
    state = norm.state_dict()
    assert torch.allclose(state["running_mean"].double(), mean, atol=1e-5)
    assert torch.allclose(state["running_var"].double(), variance, atol=1e-4)
    evaluated = norm.eval()(x).detach().double()
    expected = (x.double() - per_unit(mean, x)) / per_unit((variance + 1e-5).sqrt(), x)
    assert torch.allclose(evaluated, expected, atol=1e-4)
    assert all(torch.equal(value, norm.state_dict()[name]) for name, value in state.items())


def test_ghost_batches_move_the_running_statistics_one_after_the_other() -> None:
    x = values((6, 2))
    norm = built(GhostBatchNorm(ghost_size=2, momentum=0.25), (6, 2))
    norm(x)
    mean, variance = torch.zeros(2).double(), torch.ones(2).double()
    for ghost in x.double().split(2):  # type: ignore[no-untyped-call]
        mean = 0.75 * mean + 0.25 * ghost.mean(0)
        variance = 0.75 * variance + 0.25 * ghost.var(0, unbiased=True)
    state = norm.state_dict()
    assert torch.allclose(state["running_mean"].double(), mean, atol=1e-6)
    assert torch.allclose(state["running_var"].double(), variance, atol=1e-5)
    expected = (x.double() - mean) / (variance + 1e-5).sqrt()
    assert torch.allclose(norm.eval()(x).detach().double(), expected, atol=1e-5)


def test_without_running_statistics_evaluation_takes_the_batch_at_hand() -> None:
    x, spec = values((8, 6)), BatchNorm(track_running_statistics=False)
    norm = built(spec, (8, 6)).eval()
    assert torch.allclose(norm(x).detach().double(), definition(x, spec), atol=1e-5)
    assert set(norm.state_dict()) == {"weight", "bias"}


@pytest.mark.parametrize("shape", SHAPES, ids=["vectors", "images"])
def test_a_frozen_norm_is_a_trained_batchnorm_as_it_evaluates(shape: tuple[int, ...]) -> None:
    trained, frozen = built(BatchNorm(momentum=0.5), shape), built(FrozenBatchNorm(), shape)
    for seed in range(3):
        trained(values(shape, seed))
    frozen.load_state_dict(trained.state_dict())
    before = {name: value.clone() for name, value in frozen.state_dict().items()}
    x = values(shape, 9)
    assert torch.equal(frozen(x), trained.eval()(x))
    assert torch.equal(frozen.eval()(x), frozen.train()(x))
    assert all(torch.equal(value, before[name]) for name, value in frozen.state_dict().items())


@pytest.mark.parametrize("shape", [(400, 50), (400, 50, 2, 2)], ids=["vectors", "images"])
def test_noise_has_the_moments_of_its_algorithm(shape: tuple[int, ...]) -> None:
    x = values(shape)
    plain = built(BatchNorm(), shape)
    clean = plain(x).detach().double()
    shifts, factors = [], []
    norm = built(NoisyBatchNorm(), shape)
    for _ in range(20):
        noisy = norm(x).detach().double()
        if len(shape) == 4:  # positions of a channel share their noise: two of them tell both numbers
            a, b = (t[:, :, 0, 0] for t in (clean, noisy))
            c, d = (t[:, :, 1, 1] for t in (clean, noisy))
            factor = (d - b) / (c - a)
            sure = (c - a).abs() > 0.1
            third = noisy[:, :, 0, 1] - (b + factor * (clean[:, :, 0, 1] - a))
            assert float(third[sure].abs().max()) < 1e-3
            factors.append((factor * sure).sum(0) / sure.sum(0))
            shifts.append(((b - factor * a) * sure).sum(0) / sure.sum(0))
        else:
            slope = (noisy * clean).mean(0) / clean.square().mean(0)
            factors.append(slope)
            shifts.append(noisy.mean(0) - slope * clean.mean(0))
    scale, shift = torch.stack(factors).flatten(), torch.stack(shifts).flatten()
    # mu ~ U(-.5, .5) and sigma ~ U(1, 1.25), averaged over 400 examples whose own noise is small
    assert 0.96 < float(scale.min()) < float(scale.max()) < 1.29
    assert float(scale.mean()) == pytest.approx(1.125, abs=0.01)
    assert float(scale.std()) == pytest.approx(0.25 / math.sqrt(12), abs=0.01)
    assert float(shift.abs().max()) < 0.56
    assert float(shift.mean()) == pytest.approx(0, abs=0.03)
    assert float(shift.std()) == pytest.approx(1 / math.sqrt(12), abs=0.02)


def test_noise_is_drawn_anew_at_each_step_from_its_own_generator_and_rests_in_evaluation() -> None:
    x = values((8, 6))
    norm, twin = built(NoisyBatchNorm(), (8, 6), seed=5), built(NoisyBatchNorm(), (8, 6), seed=5)
    torch_state = torch.random.get_rng_state()
    first = norm(x)
    assert not torch.equal(first, norm(x))
    assert torch.equal(twin(x), first)
    assert torch.equal(torch.random.get_rng_state(), torch_state)
    assert torch.equal(norm.eval()(x), norm(x))


def test_the_state_of_a_noisy_norm_holds_what_it_draws_next() -> None:
    x = values((8, 6))
    norm, twin = built(NoisyBatchNorm(), (8, 6), seed=5), built(NoisyBatchNorm(), (8, 6), seed=6)
    norm(x)
    twin.load_state_dict(norm.state_dict())
    assert torch.equal(norm(x), twin(x))


@pytest.mark.parametrize("shape", SHAPES, ids=["vectors", "images"])
@pytest.mark.parametrize("spec", EVERYWHERE[:-1], ids=lambda spec: spec.kind)
def test_gradients_are_those_of_finite_differences(spec: NormSpec, shape: tuple[int, ...]) -> None:
    norm = built(spec, shape).double()
    x = values(shape)[:, :, :2, :2].double() if len(shape) == 4 else values(shape).double()
    assert torch.autograd.gradcheck(norm, x.requires_grad_())  # type: ignore[no-untyped-call]


def test_the_gradient_of_a_noisy_norm_is_that_of_batchnorm_times_its_factors() -> None:
    norm = built(NoisyBatchNorm(), (8, 6)).double()
    state = norm.state_dict()["_extra_state"].clone()

    def again(value: Tensor) -> Tensor:
        norm.set_extra_state(state)
        out: Tensor = norm(value)
        return out

    assert torch.autograd.gradcheck(again, values((8, 6)).double().requires_grad_())  # type: ignore[no-untyped-call]
