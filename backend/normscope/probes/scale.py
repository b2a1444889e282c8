"""A norm makes the size of the weights before it irrelevant: Ioffe & Szegedy 2015, section 3.3."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from normscope.probes.differentiate import Loss, gradient, length, ratio

FACTOR = 10.0


def scale_invariance(
    model: nn.Module, layer: nn.Linear | nn.Conv2d, x: Tensor, y: Tensor, loss: Loss
) -> tuple[float, float]:
    """What happens when ``layer`` is made 10 times as large: BN((aW)x) = BN(Wx), dBN/d(aW) = (1/a) dBN/dW.

    Its bias grows with it (BatchNorm takes it back anyway; LayerNorm does not). In training mode, without dropout.
    The layer is as it was afterwards.

    Returns:
        The largest change of a logit; ||g(W)|| / ||g(10 W)|| / 10, g the loss's gradient by the layer's weight: 1 where
        the network does not see the scale, eps apart.
    """
    model.train()
    with torch.no_grad():
        before = model(x)
    _, slope = gradient(model, [layer.weight], x, y, loss)
    saved = [parameter.detach().clone() for parameter in layer.parameters()]
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(FACTOR)
        change = float((model(x) - before).abs().max())
    _, scaled = gradient(model, [layer.weight], x, y, loss)
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), saved, strict=True):
            parameter.copy_(value)
    return change, ratio(length(slope), length(scaled)) / FACTOR
