"""Loss and accuracy over a whole split, in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.training.models import Network


@torch.no_grad()
def evaluate(model: Network, x: Tensor, y: Tensor) -> Iterator[tuple[float, float]]:
    """Yield the mean loss and the accuracy over the examples so far, after each batch (1,000; fewer where
    activations are large); the last pair counts.

    A generator, so that the caller can answer commands in between. The model is in evaluation mode until the generator
    ends, then in training mode again.

    Args:
        x: float32 [n, features].
        y: int64 [n].
    """
    size = model.plan.evaluation_batch
    loss, right, seen = 0.0, 0, 0
    model.eval()
    try:
        for start in range(0, len(x), size):
            inputs, targets = x[start : start + size], y[start : start + size]
            logits = model(inputs)
            total = F.cross_entropy(logits, targets, reduction="sum").double()
            correct = (logits.argmax(1) == targets).sum().double()
            batch_loss, batch_right = torch.stack([total, correct]).tolist()  # the only wait for a device
            loss += batch_loss
            right += int(batch_right)
            seen += len(targets)
            yield loss / seen, right / seen
    finally:
        model.train()
