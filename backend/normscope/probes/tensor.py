"""Every statistic in PyTorch's own operations, for any device: as the compiled kernels have it, which these are held
against.

Nothing here asks for a value: a number that the host must know would make it wait for the device. So results are
tensors without axes, float64, and where a kernel branches on a value, this chooses by ``where``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from normscope.core.spec import ActivationKind
from normscope.probes.distribution import LEVELS


def accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    """``loss.accuracy``. logits: [batch, classes], targets: int64 [batch]."""
    right = (logits.argmax(1) == targets) & ~logits.isnan().any(1)
    return right.double().mean()


def mean_variance(values: Tensor) -> tuple[Tensor, Tensor]:
    """``activation.mean_variance``. values: any shape."""
    exact = values.double()
    mean = exact.mean()
    return mean, (exact - mean).square().mean()


def saturated(output: Tensor, activation: ActivationKind) -> Tensor:
    """``activation.saturated``. output: any shape."""
    far = (output - 0.5).abs() > 0.45 if activation == "sigmoid" else output.abs() > 0.95
    return far.double().mean()


def dead(output: Tensor, activation: ActivationKind) -> Tensor:
    """``activation.dead``. output: [batch, units, ...]."""
    silent = output == 0 if activation == "relu" else output.abs() < 0.01
    return silent.transpose(0, 1).flatten(1).all(1).double().mean()


def norm(gradient: Tensor) -> Tensor:
    """``gradient.norm``. gradient: any shape."""
    return gradient.double().square().sum().sqrt()


def percentiles(values: Tensor) -> Tensor:
    """``distribution.percentiles``. values: [batch, units, ...] -> float32 [3, units]."""
    ordered = values.transpose(0, 1).flatten(1).sort(1).values.double()  # NaN comes last
    size = ordered.shape[1]
    levels = []
    for level in LEVELS:
        position = level * (size - 1)
        below = math.floor(position)
        share = position - below
        low, high = ordered[:, below], ordered[:, min(below + 1, size - 1)]
        levels.append(low if share == 0.0 else torch.where(low == high, low, low + share * (high - low)))
    found = torch.stack(levels)
    return torch.where(ordered[:, -1].isnan(), torch.nan, found).float()


def histogram(values: Tensor, bins: int) -> Tensor:
    """``histogram.histogram``. values: any shape -> float32 [2 + bins]."""
    flat = values.detach().flatten()
    finite = flat.isfinite()
    low, high = torch.where(finite, flat, torch.inf).min(), torch.where(finite, flat, -torch.inf).max()
    none, equal = low > high, low == high
    low, high = torch.where(equal, low - 0.5, low), torch.where(equal, high + 0.5, high)
    scale = bins / (high.double() - low.double())
    position = ((flat.double() - low.double()) * scale).nan_to_num(0.0).clamp(0, bins - 1).long()
    counts = torch.zeros(bins, dtype=torch.int64, device=flat.device).scatter_add_(0, position, finite.long())
    span = torch.where(none, torch.nan, torch.stack([low, high]))
    return torch.cat([span, counts.float()])


def unit_moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """``unit.unit_moments``. values: [batch, units, ...] -> float64 [units] each."""
    exact = values.transpose(0, 1).flatten(1).double()
    mean = exact.mean(1)
    return mean, (exact - mean[:, None]).square().mean(1)


def unit_saturation(output: Tensor, activation: ActivationKind) -> Tensor:
    """``unit.unit_saturation``. output: [batch, units, ...] -> float32 [units]."""
    match activation:
        case "sigmoid":
            hits = (output - 0.5).abs() > 0.45
        case "tanh":
            hits = output.abs() > 0.95
        case "relu":
            hits = output == 0
        case "gelu":
            hits = output.abs() < 0.01
    return hits.transpose(0, 1).flatten(1).double().mean(1).float()


def mean_spread(values: Tensor) -> tuple[Tensor, Tensor]:
    """``normalization.mean_spread``. values: [units]."""
    mean, variance = mean_variance(values)
    return mean, variance.sqrt()


def gaps(values: Tensor, running_mean: Tensor, running_variance: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """``normalization.gaps`` of the norm's input ``values``, [batch, units, ...]. Running statistics: [units]."""
    mean, variance = unit_moments(values)
    expected = running_variance.double() + epsilon
    shift = (mean - running_mean.double()).square() / expected
    return shift.mean().sqrt(), ((variance + epsilon) / expected).log().abs().mean()
