"""The optimizers, as ``torch.optim`` has them, in their fused form: one call for all tensors."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from normscope.core.spec import Adam, AdamW, Momentum, OptimizerSpec, Sgd


def build_optimizer(spec: OptimizerSpec, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer that ``spec`` asks for; weight decay (AdamW) acts on all parameters alike."""
    match spec:
        case Sgd():
            return torch.optim.SGD(parameters, lr=spec.learning_rate, fused=True)
        case Momentum():
            return torch.optim.SGD(parameters, lr=spec.learning_rate, momentum=spec.momentum, fused=True)
        case Adam():
            return torch.optim.Adam(parameters, lr=spec.learning_rate, fused=True)
        case AdamW():
            return torch.optim.AdamW(parameters, lr=spec.learning_rate, weight_decay=spec.weight_decay, fused=True)
