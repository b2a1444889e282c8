"""Internal covariate shift as a change of gradients: Santurkar et al. 2018, definition 2.1."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from normscope.probes.differentiate import Loss, cosine, length, ratio


def covariate_shift(
    model: nn.Module,
    weights: Sequence[Tensor],
    own: Sequence[Sequence[Tensor]],
    x: Tensor,
    y: Tensor,
    rate: float,
    loss: Loss,
) -> list[tuple[float, float]]:
    """For each layer ||G - G'|| / ||G|| and cos(G, G').

    G is the loss's gradient by the layer's weight; G' the same after all parameters of all earlier layers have made
    their step, -rate * gradient (a plain gradient step, whatever the optimizer). The first layer has none before it: 0
    and 1. In the mode that the model is in; ``model`` is a copy: all layers but the last stay moved.

    Args:
        weights: of each layer, in forward order.
        own: all parameters of each layer, those of its norm too.
    """
    parameters = [parameter for layer in own for parameter in layer]
    slopes = dict(zip(parameters, torch.autograd.grad(loss(model(x), y), parameters), strict=True))
    found: list[tuple[float, float]] = []
    for index, weight in enumerate(weights):
        before = after = slopes[weight]
        if index:
            with torch.no_grad():
                for parameter in own[index - 1]:
                    parameter.sub_(slopes[parameter], alpha=rate)
            (after,) = torch.autograd.grad(loss(model(x), y), [weight])
        found.append((ratio(length(before - after), length(before)), cosine(before, after)))
    return found
