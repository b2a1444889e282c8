"""BatchNorm can be the identity: Ioffe & Szegedy 2015, section 3 (gamma = sqrt(Var), beta = E restores the inputs)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from normscope.probes.moments import BatchNorm, input_moments


@torch.no_grad()
def identity_error(model: nn.Module, norms: Sequence[BatchNorm], x: Tensor) -> float:
    """Largest difference of a logit between the network without its norms and the one whose norms undo themselves.

    gamma = sqrt(variance + eps) and beta = mean of the very minibatch, with its biased variance; in training mode,
    without dropout. ``model`` is a copy: gamma and beta stay changed.

    Args:
        norms: all BatchNorms of the model, those of projections too.
        x: [batch, features], of the model's precision.
    """
    model.train()
    moments, plain = input_moments(model, norms, [x], through=True)
    for norm, each in zip(norms, moments, strict=True):
        norm.weight.copy_((each.variance + norm.eps).sqrt())
        norm.bias.copy_(each.mean)
    restored: Tensor = model(x)
    return float((restored - plain).abs().max())
