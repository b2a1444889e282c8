"""The decision boundary: what a network makes of every point of the plane."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def grid(low: float, high: float, cells: int) -> Tensor:
    """Centres of the cells of a square: float32 [cells * cells, 2], row by row from below, left to right."""
    edges = torch.linspace(low, high, cells + 1, dtype=torch.float64)
    centres = (edges[1:] + edges[:-1]) / 2
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2).float()


@torch.no_grad()
def boundary(model: nn.Module, points: Tensor) -> Tensor:
    """The most probable class at each of ``points`` plus its probability, float32 [n]; NaN without an answer.

    In evaluation mode: BatchNorm by its running statistics, no dropout. The model is in training mode afterwards.
    """
    model.eval()
    try:
        confidence, index = torch.softmax(model(points), dim=1).max(dim=1)
    finally:
        model.train()
    return index + confidence
