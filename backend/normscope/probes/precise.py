"""Running statistics as they would be if they were exact: Wu & Johnson 2021, section 3 ("PreciseBN")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from normscope.probes.moments import BatchNorm, input_moments


@torch.no_grad()
def make_precise(model: nn.Module, norms: Sequence[BatchNorm], parts: Iterable[Tensor]) -> None:
    """Replace the running statistics of ``norms`` by those of all their inputs over ``parts``.

    The minibatches go through the network in training mode, each normalised by its own statistics, as in training;
    the mean is that of all values of a unit, the variance their unbiased one, N / (N - 1), as PyTorch stores it:
    E[mean_B^2 + variance_B] - E[mean_B]^2 over the minibatches B.
    """
    model.train()
    moments, _ = input_moments(model, norms, parts)
    for norm, each in zip(norms, moments, strict=True):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(each.mean)
        norm.running_var.copy_(each.variance * (each.count / max(1, each.count - 1)))
