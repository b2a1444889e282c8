"""Initial tensors: each drawn from a generator seeded by (seed, parameter name), so that arms share them."""

from __future__ import annotations

import math

import torch
from torch import nn

from normscope.core.spec import (
    DefaultInitialisation,
    HeInitialisation,
    InitialisationSpec,
    NormalInitialisation,
    XavierInitialisation,
)
from normscope.training.generators import generator


def standard_deviation(spec: InitialisationSpec, fan_in: int, fan_out: int) -> float:
    """Of the weights of a layer with these fans."""
    match spec:
        case NormalInitialisation():
            return spec.gain * spec.std
        case XavierInitialisation():
            return spec.gain * math.sqrt(2.0 / (fan_in + fan_out))
        case HeInitialisation():
            return spec.gain * math.sqrt(2.0 / fan_in)
        case DefaultInitialisation():
            return spec.gain / math.sqrt(3.0 * fan_in)


@torch.no_grad()
def initialise(model: nn.Module, spec: InitialisationSpec, seed: int) -> None:
    """Draw the tensors of all linear layers and convolutions; those of norms keep gamma 1 and beta 0.

    The kinds ``normal``, ``xavier`` and ``he`` scale the same standard normal draws and set biases to zero; ``default``
    draws weights and biases uniformly from +-1/sqrt(fan_in), as PyTorch does, and scales weights by gain. The fans of a
    convolution [channels, inputs, k, k] are inputs * k^2 and channels * k^2.
    """
    for name, layer in model.named_modules():
        if not isinstance(layer, nn.Linear | nn.Conv2d):
            continue
        fan_out, fan_in = layer.weight.shape[0] * layer.weight[0, 0].numel(), layer.weight[0].numel()
        draws = generator(seed, f"{name}.weight")
        if isinstance(spec, DefaultInitialisation):
            bound = 1.0 / math.sqrt(fan_in)
            layer.weight.uniform_(-bound, bound, generator=draws).mul_(spec.gain)
            if layer.bias is not None:
                layer.bias.uniform_(-bound, bound, generator=generator(seed, f"{name}.bias"))
        else:
            layer.weight.normal_(generator=draws).mul_(standard_deviation(spec, fan_in, fan_out))
            if layer.bias is not None:
                layer.bias.zero_()
