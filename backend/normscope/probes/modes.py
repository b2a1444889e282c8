"""The same examples in training and in evaluation mode."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.statistics import Statistic


@torch.no_grad()
def compare_modes(model: nn.Module, x: Tensor, y: Tensor, batch: int, evaluation_batch: int) -> dict[Statistic, float]:
    """Loss and accuracy over all of ``x`` in both modes, and the largest difference of a logit.

    Training mode: minibatches of ``batch`` normalised by their own statistics, dropout and noise active. Evaluation
    mode: running statistics. ``model`` is a copy: its running statistics move.

    Args:
        x: [n, features].
        y: int64 [n].
    """
    model.eval()
    evaluated = torch.cat([model(part) for part in torch.split(x, evaluation_batch)])
    model.train()  # from here on running statistics move
    train = torch.cat([model(part) for part in torch.split(x, batch)])
    train_loss, train_accuracy = loss_and_accuracy(train, y)
    eval_loss, eval_accuracy = loss_and_accuracy(evaluated, y)
    return {
        "train_mode_loss": train_loss,
        "train_mode_accuracy": train_accuracy,
        "eval_mode_loss": eval_loss,
        "eval_mode_accuracy": eval_accuracy,
        "mode_logit_gap": float((train - evaluated).abs().max()),
    }


def loss_and_accuracy(logits: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the share of rows whose greatest logit is the target's."""
    loss = F.cross_entropy(logits.double(), y)
    return float(loss), int((logits.argmax(1) == y).sum()) / len(y)
