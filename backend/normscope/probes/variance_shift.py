"""Variance that a norm has stored against the one it meets in evaluation mode: Li et al. 2019."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from normscope.probes.moments import BatchNorm, input_moments


@torch.no_grad()
def variance_shift(model: nn.Module, norms: Sequence[BatchNorm], parts: Iterable[Tensor]) -> list[float]:
    """For each norm the mean over its units of (running variance + eps) / (variance of its input + eps).

    About 1 without dropout; dropout before a norm makes the stored variance larger (Li et al. 2019, "Understanding the
    disharmony between dropout and batch normalization by variance shift", section 3). eps, which the norm adds to both,
    keeps units without any variance from being counted as infinite.

    Args:
        parts: x of each batch, [batch, features]; in evaluation mode it does not matter how they were cut.
    """
    model.eval()
    moments, _ = input_moments(model, norms, parts)
    shifts: list[float] = []
    for norm, each in zip(norms, moments, strict=True):
        assert norm.running_var is not None
        shifts.append(float(((norm.running_var.double() + norm.eps) / (each.variance + norm.eps)).mean()))
    return shifts
