"""What is measured on copies, against a network written by hand in float64 and against differences of its loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from normscope.core.statistics import SLICE
from normscope.probes.covariate_shift import covariate_shift
from normscope.probes.drift import drift, median_and_width
from normscope.probes.gradient_noise import GradientNoise, noise_scale
from normscope.probes.identity import identity_error
from normscope.probes.landscape import landscape
from normscope.probes.modes import compare_modes
from normscope.probes.precise import make_precise
from normscope.probes.scale import scale_invariance
from normscope.probes.variance_shift import variance_shift
from tests.probes.by_hand import EPS, Array, Hand, cross_entropy, problems

Problem = tuple[Hand, Array, Any]
NORMED = problems(normed=True)


def tensors(x: Array, y: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(x), torch.from_numpy(y)


def norm_of(model: nn.Sequential) -> nn.BatchNorm1d:
    norm = model[1]
    assert isinstance(norm, nn.BatchNorm1d)
    return norm


@settings(max_examples=25)
@given(problems(), st.floats(0.01, 1.0))
def test_the_landscape_is_that_of_the_loss_along_its_gradient(problem: Problem, rate: float) -> None:
    """Gradients by central differences: to 1e-4 of their size."""
    hand, x, y = problem
    model = hand.torch()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    found, losses = landscape(model, list(model.parameters()), *tensors(x, y), rate, F.cross_entropy)
    assert all(torch.equal(one, two) for one, two in zip(before, model.parameters(), strict=True))
    slope, theta = hand.gradient(x, y), hand.flat()
    along = [hand.at(theta - k * rate * slope).loss(x, y) for k in SLICE]
    np.testing.assert_allclose(losses, along, rtol=1e-4, atol=1e-5)
    ahead = [loss for k, loss in zip(SLICE, along, strict=True) if k > 0]
    assert found["landscape_loss_low"] == pytest.approx(min(ahead), rel=1e-5, abs=1e-7)
    assert found["landscape_loss_high"] == pytest.approx(max(ahead), rel=1e-5, abs=1e-7)
    size = np.linalg.norm(slope)
    ks = (0.5, 1.0, 2.0, 4.0)
    distances = [np.linalg.norm(slope - hand.at(theta - k * rate * slope).gradient(x, y)) for k in ks]
    near = {"rel": 1e-4, "abs": 1e-6}
    assert found["gradient_distance_low"] == pytest.approx(min(distances), **near)
    assert found["gradient_distance_high"] == pytest.approx(max(distances), **near)
    assert found["relative_gradient_change"] == pytest.approx(max(distances) / size, rel=1e-3, abs=1e-5)
    smoothness = max(d / (k * rate * size) for d, k in zip(distances, ks, strict=True))
    assert found["effective_smoothness"] == pytest.approx(smoothness, rel=1e-3, abs=1e-3)


@settings(max_examples=25)
@given(problems(), st.floats(0.01, 1.0))
def test_covariate_shift_is_the_change_of_a_gradient_when_the_layers_before_have_stepped(
    problem: Problem, rate: float
) -> None:
    hand, x, y = problem
    model = hand.torch()
    parameters = list(model.parameters())
    own = [parameters[:-1], parameters[-1:]]
    (first, second) = covariate_shift(model, [own[0][0], own[1][0]], own, *tensors(x, y), rate, F.cross_entropy)
    assert first == (0.0, pytest.approx(1.0))
    slope = hand.gradient(x, y)
    moved = hand.flat()
    last = hand.v.size
    moved[:-last] -= rate * slope[:-last]
    before, after = slope[-last:], hand.at(moved).gradient(x, y)[-last:]
    sizes = np.linalg.norm(before), np.linalg.norm(after)
    assert second[0] == pytest.approx(np.linalg.norm(before - after) / sizes[0], rel=1e-3, abs=1e-5)
    assert second[1] == pytest.approx(before @ after / (sizes[0] * sizes[1]), rel=1e-4, abs=1e-4)


@settings(max_examples=50)
@given(NORMED, st.integers(2, 5))
def test_modes_compare_the_batch_statistics_with_the_running_ones(problem: Problem, batch: int) -> None:
    hand, x, y = problem
    n = len(x) // batch * batch
    if not n:
        return
    x, y = x[:n], y[:n]
    model, random = hand.torch(), np.random.default_rng(n)
    mean, variance = random.standard_normal(len(hand.w)), random.uniform(0.5, 2, len(hand.w))
    with torch.no_grad():
        norm_of(model).running_mean.copy_(torch.from_numpy(mean))  # type: ignore[union-attr]
        norm_of(model).running_var.copy_(torch.from_numpy(variance))  # type: ignore[union-attr]
    found = compare_modes(model, *tensors(x, y), batch, 3)
    train = np.concatenate([hand.logits(x[i : i + batch]) for i in range(0, n, batch)])
    evaluated = hand.logits(x, (mean, variance))
    assert found["train_mode_loss"] == pytest.approx(cross_entropy(train, y), rel=1e-9)
    assert found["eval_mode_loss"] == pytest.approx(cross_entropy(evaluated, y), rel=1e-9)
    assert found["train_mode_accuracy"] == pytest.approx(np.mean(train.argmax(1) == y))
    assert found["eval_mode_accuracy"] == pytest.approx(np.mean(evaluated.argmax(1) == y))
    assert found["mode_logit_gap"] == pytest.approx(np.abs(train - evaluated).max(), rel=1e-9)


@settings(max_examples=50)
@given(NORMED, st.integers(2, 5))
def test_precise_statistics_are_those_of_all_values(problem: Problem, batch: int) -> None:
    hand, x, _ = problem
    model = hand.torch()
    norm = norm_of(model)
    parts = [part for part in torch.split(torch.from_numpy(x), batch) if len(part) > 1]
    seen = np.concatenate([part.numpy() for part in parts]) @ hand.w.T
    make_precise(model, [norm], parts)
    np.testing.assert_allclose(norm.running_mean.numpy(), seen.mean(0), rtol=1e-9, atol=1e-9)  # type: ignore[union-attr]
    np.testing.assert_allclose(norm.running_var.numpy(), seen.var(0, ddof=1), rtol=1e-9, atol=1e-9)  # type: ignore[union-attr]
    (shift,) = variance_shift(model, [norm], [torch.from_numpy(x)])
    z = x @ hand.w.T
    assert shift == pytest.approx(np.mean((seen.var(0, ddof=1) + EPS) / (z.var(0) + EPS)), rel=1e-9)


@settings(max_examples=50)
@given(NORMED)
def test_a_norm_with_the_right_scale_and_shift_is_the_identity(problem: Problem) -> None:
    hand, x, _ = problem
    model = hand.torch()
    assert identity_error(model, [norm_of(model)], torch.from_numpy(x)) < 1e-11
    plain = np.tanh(x @ hand.w.T) @ hand.v.T
    np.testing.assert_allclose(model(torch.from_numpy(x)).detach().numpy(), plain, atol=1e-11)


@settings(max_examples=50)
@given(problems())
def test_scale_is_seen_by_a_plain_network_and_hardly_by_a_normed_one(problem: Problem) -> None:
    hand, x, y = problem
    model = hand.torch()
    first = model[0]
    assert isinstance(first, nn.Linear)
    before = first.weight.detach().clone()
    change, quotient = scale_invariance(model, first, *tensors(x, y), F.cross_entropy)
    assert torch.equal(before, first.weight)
    larger = Hand(10 * hand.w, hand.v, hand.gamma, hand.beta, hand.normed)
    assert change == pytest.approx(np.abs(larger.logits(x) - hand.logits(x)).max(), rel=1e-6, abs=1e-12)
    sizes = [np.linalg.norm(each.gradient(x, y)[: hand.w.size]) for each in (hand, larger)]
    if min(sizes) > 1e-6:
        assert quotient == pytest.approx(sizes[0] / sizes[1] / 10, rel=1e-2)
    if hand.normed and (x @ hand.w.T).var(0).min() > 0.1:
        assert change < 1e-3


@settings(max_examples=25)
@given(problems(), st.integers(2, 3))
def test_gradient_noise_is_that_of_the_same_draws(problem: Problem, batch: int) -> None:
    hand, x, y = problem
    model = hand.torch()
    random = torch.Generator().manual_seed(3)
    found = GradientNoise(model, list(model.parameters()), *tensors(x, y), random, F.cross_entropy).summary(batch)
    again = torch.Generator().manual_seed(3)
    draws = []
    for _ in range(20):
        chosen = torch.randperm(len(x), generator=again)[:batch].numpy()
        draws.append(hand.gradient(x[chosen], y[chosen]))
    whole = hand.gradient(x, y)
    size = np.linalg.norm(whole)
    cosines = [each @ whole / (np.linalg.norm(each) * size) for each in draws]
    assert found["gradient_cosine"] == pytest.approx(np.mean(cosines), rel=1e-2, abs=1e-3)
    small, large, n = np.mean([each @ each for each in draws]), whole @ whole, len(x)
    if (n * large - batch * small) / (n - batch) > 0.05:
        assert found["gradient_noise_scale"] == pytest.approx(noise_scale(small, large, batch, n), rel=0.05, abs=1e-2)
    assert found["gradient_bias"] == pytest.approx(np.linalg.norm(np.mean(draws, 0) - whole) / size, rel=1e-2, abs=1e-3)


@settings(max_examples=10)
@given(problems(normed=False))
def test_the_noise_scale_is_that_of_the_examples_gradients(problem: Problem) -> None:
    """Every minibatch of two examples instead of 20 draws: trace of the covariance over |G|^2, both unbiased, exact."""
    hand, x, y = problem
    x, y = x[:5], y[:5]
    each = np.stack([hand.gradient(x[i : i + 1], y[i : i + 1]) for i in range(len(x))])
    whole, trace = each.mean(0), each.var(0, ddof=1).sum()
    pairs = [(i, j) for i in range(len(x)) for j in range(i)]
    small = np.mean([np.sum(((each[i] + each[j]) / 2) ** 2) for i, j in pairs])
    large, n, b = np.sum(whole**2), len(x), 2
    squared = large - trace / n
    if squared > 1e-3:
        assert noise_scale(small, large, b, n) == pytest.approx(trace / squared, rel=1e-4)
    elif squared < -1e-3:
        assert np.isnan(noise_scale(small, large, b, n))
    assert np.isnan(noise_scale(small, large, n, n))


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 5), st.integers(1, 3))
def test_drift_is_the_move_of_each_units_median(seed: int, batch: int, units: int, positions: int) -> None:
    random = np.random.default_rng(seed)
    z, earlier = (random.standard_normal((batch, units, positions)).astype(np.float32) for _ in range(2))
    before, _ = median_and_width(earlier)
    median, width = median_and_width(z)

    def levels(values: Any) -> Any:
        return np.percentile(values.astype(np.float64).transpose(1, 0, 2).reshape(units, -1), (15, 50, 85), axis=1)

    low, middle, high = levels(z)
    expected = np.median(np.abs(middle - levels(earlier)[1]) / (high - low))
    assert drift(median, width, before) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert np.isnan(drift(median, width, None))
    assert drift(median, width, median) == 0.0
