"""The loss and its gradient along the negative gradient: Santurkar et al. 2018, section 3.2 and Fig. 4."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from normscope.core.statistics import SLICE, Statistic
from normscope.probes.differentiate import Loss, gradient, length, ratio

GRADIENTS_AT = (0.5, 1.0, 2.0, 4.0)
"""Multiples of the learning rate at which the gradient is compared."""


def landscape(
    model: nn.Module, parameters: Sequence[Tensor], x: Tensor, y: Tensor, rate: float, loss: Loss
) -> tuple[dict[Statistic, float], NDArray[np.float32]]:
    """What lies between the parameters theta and theta_k = theta - k * rate * g, g the gradient at theta.

    In the mode that the model is in (training: batch statistics). ``model`` is a copy; it has its parameters again
    afterwards.

    Returns:
        Range of the loss for k in (0, 4]; least and greatest ||g - g_k||; the greatest of ||g - g_k|| / ||g|| and of
        ||g - g_k|| / ||theta - theta_k||, k in ``GRADIENTS_AT``; and the loss at each k of ``SLICE``.
    """
    start = [parameter.detach().clone() for parameter in parameters]
    losses: dict[float, float] = {}
    losses[0.0], slope = gradient(model, parameters, x, y, loss)
    parts = _like(slope, start)
    size = length(slope)
    distances: list[float] = []
    smoothness: list[float] = []
    for k in SLICE:
        if k == 0.0:
            continue
        _place(parameters, start, parts, -k * rate)
        if k not in GRADIENTS_AT:
            with torch.no_grad():
                losses[k] = float(loss(model(x), y))
            continue
        losses[k], there = gradient(model, parameters, x, y, loss)
        distances.append(length(slope - there))
        smoothness.append(ratio(distances[-1], k * rate * size))
    _place(parameters, start, parts, 0.0)
    ahead = [losses[k] for k in SLICE if k > 0]
    found: dict[Statistic, float] = {
        "landscape_loss_low": _least(ahead),
        "landscape_loss_high": _greatest(ahead),
        "gradient_distance_low": _least(distances),
        "gradient_distance_high": _greatest(distances),
        "effective_smoothness": _greatest(smoothness),
        "relative_gradient_change": ratio(_greatest(distances), size),
    }
    return found, np.array([losses[k] for k in SLICE], np.float32)


def _like(flat: Tensor, tensors: Sequence[Tensor]) -> list[Tensor]:
    """``flat`` cut into the shapes of ``tensors``."""
    parts = torch.split(flat, [tensor.numel() for tensor in tensors])
    return [part.view_as(tensor) for part, tensor in zip(parts, tensors, strict=True)]


@torch.no_grad()
def _place(parameters: Sequence[Tensor], start: Sequence[Tensor], direction: Sequence[Tensor], by: float) -> None:
    """parameters = start + by * direction."""
    for parameter, origin, along in zip(parameters, start, direction, strict=True):
        if by:
            torch.add(origin, along, alpha=by, out=parameter)
        else:
            parameter.copy_(origin)


def _least(values: Sequence[float]) -> float:
    """NaN where one of them is."""
    return math.nan if any(math.isnan(value) for value in values) else min(values)


def _greatest(values: Sequence[float]) -> float:
    """NaN where one of them is."""
    return math.nan if any(math.isnan(value) for value in values) else max(values)
