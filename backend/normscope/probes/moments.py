"""Mean and variance of what enters each norm, exact over any number of minibatches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d
"""Every norm over the minibatch is one of them, or made of one."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Of one norm's input, each unit over examples and positions: ``mean`` and biased ``variance``, float64 [units]."""

    count: int
    """Values of each unit."""
    mean: Tensor
    variance: Tensor


@torch.no_grad()
def input_moments(
    model: nn.Module, norms: Sequence[nn.Module], parts: Iterable[Tensor], *, through: bool = False
) -> tuple[list[Moments], Tensor]:
    """Moments of the inputs to ``norms`` over all ``parts``, in the mode that the model is in.

    Args:
        parts: x of each minibatch, [batch, features].
        through: the norms let their input through unchanged meanwhile.

    Returns:
        The moments in the order of ``norms``, and the logits of all examples.
    """
    sums: dict[nn.Module, Tensor] = {}
    counts: dict[nn.Module, int] = {}

    def add(norm: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> Tensor | None:
        values = inputs[0].double()
        axes = [axis for axis in range(values.dim()) if axis != 1]
        seen = torch.stack([values.sum(axes), values.square().sum(axes)])
        sums[norm] = sums[norm] + seen if norm in sums else seen
        counts[norm] = counts.get(norm, 0) + values.numel() // values.shape[1]
        return inputs[0] if through else None

    hooks = [norm.register_forward_hook(add) for norm in norms]
    try:
        logits = torch.cat([model(part) for part in parts])
    finally:
        for hook in hooks:
            hook.remove()
    return [_moments(counts[norm], *sums[norm]) for norm in norms], logits


def _moments(count: int, total: Tensor, squares: Tensor) -> Moments:
    mean = total / count
    return Moments(count, mean, (squares / count - mean.square()).clamp_min(0.0))
