"""The normalisations, as ``torch.nn`` has them."""

from __future__ import annotations

from torch import nn

from normscope.core.spec import BatchNorm, GroupNorm, LayerNorm, NormSpec, RmsNorm


def build_norm(spec: NormSpec, units: int) -> nn.Module | None:
    """The normalisation of a layer with ``units`` units, gamma 1 and beta 0; None for the plain network.

    BatchNorm normalises each unit over the minibatch with the biased variance, and keeps running statistics (with the
    unbiased variance) for evaluation mode; the others normalise each example over its units, alike in both modes.
    """
    match spec:
        case BatchNorm():
            return nn.BatchNorm1d(units, eps=spec.eps, momentum=spec.momentum)
        case LayerNorm():
            return nn.LayerNorm(units, eps=spec.eps)
        case GroupNorm():
            return nn.GroupNorm(spec.groups, units, eps=spec.eps)
        case RmsNorm():
            return nn.RMSNorm(units, eps=spec.eps)
        case _:
            return None
