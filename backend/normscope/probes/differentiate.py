"""The gradient of a network's loss on given examples, for what is measured beside training, on a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]
"""Of logits [batch, classes] and classes int64 [batch]: the mean over the batch."""


def gradient(model: nn.Module, parameters: Sequence[Tensor], x: Tensor, y: Tensor, loss: Loss) -> tuple[float, Tensor]:
    """The loss, and its gradient by all entries of ``parameters``, one after another: [entries]."""
    value = loss(model(x), y)
    parts = torch.autograd.grad(value, parameters)
    return float(value.detach()), torch.cat([part.reshape(-1) for part in parts])


def length(vector: Tensor) -> float:
    """Euclidean norm, accumulated in float64."""
    return float(torch.linalg.vector_norm(vector, dtype=torch.float64))


def cosine(one: Tensor, two: Tensor) -> float:
    """Of the angle between two vectors; NaN where one of them is zero."""
    product = float(one.reshape(-1).double() @ two.reshape(-1).double())
    lengths = length(one) * length(two)
    return product / lengths if lengths else float("nan")


def ratio(above: float, below: float) -> float:
    """``above / below``; NaN where that is no number."""
    return above / below if below else float("nan")
