"""Small gradients are PyTorch's own copies, large ones are kept by a hook: the same numbers, and nothing is left."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from normscope.probes.activation_gradients import COPIED, ActivationGradients


def outputs_and_loss(width: int) -> tuple[list[Tensor], Tensor]:
    """Two activations of [32, width] and a loss by hand."""
    generator = torch.Generator().manual_seed(1)
    first = torch.randn(32, width, generator=generator).requires_grad_().sigmoid()
    second = (3 * first).tanh()
    return [first, second], (second**2).sum()


@pytest.mark.parametrize("width", [8, COPIED // 32, COPIED // 32 + 1])
def test_gradients_are_autograds_own(width: int) -> None:
    outputs, loss = outputs_and_loss(width)
    expected = torch.autograd.grad(loss, outputs, retain_graph=True)
    kept = ActivationGradients(2)
    kept.watch(outputs)
    loss.backward()  # type: ignore[no-untyped-call]
    for found, wanted in zip(kept.take(), expected, strict=True):
        assert torch.equal(found, wanted)


def test_a_large_and_a_small_one_are_taken_together_and_again() -> None:
    kept = ActivationGradients(2)
    for _ in range(2):
        generator = torch.Generator().manual_seed(2)
        large = torch.randn(64, 1024, generator=generator).requires_grad_().relu()
        small = large.mean(dim=1)
        assert large.numel() > COPIED >= small.numel()
        kept.watch([large, small])
        small.sum().backward()  # type: ignore[no-untyped-call]
        first, second = kept.take()
        assert torch.equal(first, torch.full_like(large, 1 / 1024))
        assert torch.equal(second, torch.ones(64))
