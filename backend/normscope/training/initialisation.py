"""Initial tensors: each drawn from a generator seeded by (seed, parameter name), so that arms share them."""

from __future__ import annotations

import math

import torch

from normscope.core.spec import (
    DefaultInitialisation,
    HeInitialisation,
    InitialisationSpec,
    NormalInitialisation,
    XavierInitialisation,
)
from normscope.training.generators import generator
from normscope.training.models import Mlp


def standard_deviation(spec: InitialisationSpec, fan_in: int, fan_out: int) -> float:
    """Of the weights of a linear layer [fan_out, fan_in]."""
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
def initialise(model: Mlp, spec: InitialisationSpec, seed: int) -> None:
    """Draw the tensors of all linear layers; those of norms keep gamma 1 and beta 0.

    The kinds ``normal``, ``xavier`` and ``he`` scale the same standard normal draws and set biases to zero; ``default``
    draws weights and biases uniformly from +-1/sqrt(fan_in), as ``torch.nn.Linear`` does, and scales weights by gain.
    """
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    for linear in model.linears():
        fan_out, fan_in = linear.weight.shape
        draws = generator(seed, names[id(linear.weight)])
        if isinstance(spec, DefaultInitialisation):
            bound = 1.0 / math.sqrt(fan_in)
            linear.weight.uniform_(-bound, bound, generator=draws).mul_(spec.gain)
            linear.bias.uniform_(-bound, bound, generator=generator(seed, names[id(linear.bias)]))
        else:
            linear.weight.normal_(generator=draws).mul_(standard_deviation(spec, fan_in, fan_out))
            linear.bias.zero_()
