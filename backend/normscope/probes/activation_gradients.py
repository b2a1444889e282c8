"""Keeps the gradients by the activations' outputs, which the backward pass would throw away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Tensor

COPIED = 1 << 15
"""Of up to so many values PyTorch itself keeps a copy: for three layers of 60 x 100 that takes 19 us, hooks take 54.
Of more a hook keeps the gradient itself."""


class ActivationGradients:
    """Of one network, from its forward pass until they are taken."""

    def __init__(self, layers: int) -> None:
        self._outputs: list[Tensor] = []
        self._hooked: list[Tensor | None] = [None] * layers

    def watch(self, outputs: Sequence[Tensor]) -> None:
        """Have the gradients by ``outputs`` kept; between the forward and the backward pass."""
        self._outputs = list(outputs)
        for layer, output in enumerate(outputs):
            if output.numel() <= COPIED:
                output.retain_grad()
            else:
                output.register_hook(partial(self._hooked.__setitem__, layer))  # type: ignore[no-untyped-call]

    def take(self) -> list[Tensor]:
        """The gradients, which are kept no longer; after the backward pass."""
        found: list[Tensor] = []
        for layer, (output, hooked) in enumerate(zip(self._outputs, self._hooked, strict=True)):
            gradient = output.grad if hooked is None else hooked
            assert gradient is not None
            found.append(gradient)
            self._hooked[layer] = None
        self._outputs = []
        return found
