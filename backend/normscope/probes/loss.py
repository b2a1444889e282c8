"""Accuracy of a minibatch, from its logits. The loss itself is read where PyTorch left it."""

from __future__ import annotations

from typing import Any

from normscope.probes.compiled import compiled


@compiled
def accuracy(logits: Any, targets: Any) -> float:
    """Fraction of rows whose greatest logit is the target's; the first of equals counts, a row with NaN is wrong.

    Args:
        logits: float32 [batch, classes, 1].
        targets: int64 [batch].
    """
    batch, classes = logits.shape[:2]
    right = 0
    for i in range(batch):
        best = 0
        valid = logits[i, 0, 0] == logits[i, 0, 0]
        for j in range(1, classes):
            value = logits[i, j, 0]
            valid = valid and value == value
            if value > logits[i, best, 0]:
                best = j
        if valid and best == targets[i]:
            right += 1
    share: float = right / batch
    return share
