"""Observes one replicate: hands the addresses of a step's tensors to the kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from normscope.core.spec import ActivationKind
from normscope.probes import kernel
from normscope.probes.activation import CODES
from normscope.probes.distribution import LEVELS


class Observer:
    """Reads loss, logits, targets, trace and gradients of one network; writes nothing but its own output.

    Args:
        sizes: units and positions of each layer, output layer last.
        weighted: the convolution or linear layer of each layer.
        layers: whether layers are measured, or loss and accuracy only.
        bins: of the histograms.
    """

    def __init__(
        self,
        sizes: Sequence[tuple[int, int]],
        activation: ActivationKind,
        weighted: Sequence[nn.Linear | nn.Conv2d],
        *,
        layers: bool,
        bins: int,
    ) -> None:
        self._weights = [layer.weight for layer in weighted]
        entries = [weight.numel() for weight in self._weights] if layers else [0] * len(sizes)
        self._sizes = np.array([(*size, count) for size, count in zip(sizes, entries, strict=True)], np.int64)
        self._activation = CODES[activation]
        self._layers = layers
        self._bins = bins
        self._addresses = np.zeros(3 + 2 * (len(sizes) - 1) + len(sizes), np.int64)

    def scalars(
        self,
        loss: Tensor,
        logits: Tensor,
        targets: Tensor,
        trace: list[Tensor],
        block: NDArray[np.float64],
        row: int,
        column: int,
    ) -> bool:
        """Write this step's statistics to ``block[row, column:]``; called between backward and the optimizer's step.

        Returns:
            Whether the loss is finite.
        """
        tensors = [loss, logits, targets]
        if self._layers:
            tensors += trace
            tensors += [weight.grad for weight in self._weights]  # type: ignore[misc]
        readable = [_readable(tensor) for tensor in tensors]
        self._addresses[: len(readable)] = [tensor.data_ptr() for tensor in readable]
        finite: bool = kernel.observe(
            self._addresses, self._activation, self._sizes, self._layers, len(logits), block, row, column
        )
        return finite

    def distribution(self, z: Tensor) -> tuple[NDArray[np.float32], ...]:
        """p15, p50, p85 (each float32 [units]) and histogram (float32 [2 + bins]) of ``z``, [batch, units, ...]."""
        z = _readable(z)
        batch, units = z.shape[:2]
        levels = np.empty((len(LEVELS), units), np.float32)
        counts = np.empty(2 + self._bins, np.float32)
        kernel.distribution(z.data_ptr(), batch, units, z[0, 0].numel(), levels, counts)
        return (*levels, counts)


def _readable(tensor: Tensor) -> Tensor:
    """``tensor`` itself where the kernels can read its memory in order, else a copy that they can."""
    return tensor if tensor.is_contiguous() and tensor.is_cpu else tensor.detach().cpu().contiguous()
