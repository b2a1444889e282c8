"""Dropout with a generator of its own, so that it shifts nobody's data."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Srivastava et al. 2014, inverted: in training zero with probability ``rate``, else x / (1 - rate)."""

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.rate = rate
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """x: [batch, units]; unchanged in evaluation mode, and at a rate of 0."""
        if not self.training or not self.rate:
            return x
        keep = torch.empty_like(x).bernoulli_(1.0 - self.rate, generator=self.generator)
        return x * keep.mul_(1.0 / (1.0 - self.rate))
