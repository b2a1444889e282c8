"""The optimizers, as ``torch.optim`` has them, in their fused form: one call for all tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from normscope.core.spec import Adam, AdamW, Momentum, OptimizerSpec, Sgd


def build_optimizer(
    spec: OptimizerSpec, parameters: Sequence[nn.Parameter], norm_parameters: Sequence[nn.Parameter] = ()
) -> torch.optim.Optimizer:
    """The optimizer that ``spec`` asks for.

    Args:
        parameters: all that are learned but those of norms.
        norm_parameters: gamma and beta of all norms: without weight decay where ``decay_norm_parameters`` is false.
    """
    decay = spec.weight_decay
    if spec.decay_norm_parameters or not decay or not norm_parameters:
        groups: list[dict[str, Any]] = [{"params": [*parameters, *norm_parameters]}]
    else:
        groups = [{"params": list(parameters)}, {"params": list(norm_parameters), "weight_decay": 0.0}]
    rate = spec.learning_rate
    match spec:
        case Sgd():
            return torch.optim.SGD(groups, lr=rate, weight_decay=decay, fused=True)
        case Momentum():
            return torch.optim.SGD(groups, lr=rate, momentum=spec.momentum, weight_decay=decay, fused=True)
        case Adam():
            return torch.optim.Adam(groups, lr=rate, weight_decay=decay, fused=True)
        case AdamW():
            return torch.optim.AdamW(groups, lr=rate, weight_decay=decay, fused=True)
