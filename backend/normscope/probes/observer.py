"""Observes one replicate: hands the addresses of a step's tensors to the kernels."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from normscope.core.spec import ActivationKind
from normscope.probes import kernel
from normscope.probes.activation import CODES
from normscope.probes.distribution import LEVELS


class Observer:
    """Reads loss, logits, targets, trace and gradients of one network; writes nothing but its own output.

    Args:
        widths: features, units of each hidden layer, classes.
        linears: the linear layers in forward order, output layer last.
        layers: whether layers are measured, or loss and accuracy only.
        bins: of the histograms.
    """

    def __init__(
        self, widths: tuple[int, ...], activation: ActivationKind, linears: list[nn.Linear], *, layers: bool, bins: int
    ) -> None:
        self._shape = np.array([CODES[activation], *widths], np.int64)
        self._weights = [linear.weight for linear in linears]
        self._layers = layers
        self._bins = bins
        self._checked = False
        self._addresses = np.zeros(3 + 2 * (len(widths) - 2) + len(linears), np.int64)

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

        Raises:
            TypeError: a tensor's memory is not what the kernels read.
        """
        tensors = [loss, logits, targets]
        if self._layers:
            tensors += trace
            tensors += [weight.grad for weight in self._weights]  # type: ignore[misc]
        if not self._checked:
            _check_readable(tensors)
            self._checked = True
        self._addresses[: len(tensors)] = [tensor.data_ptr() for tensor in tensors]
        finite: bool = kernel.observe(self._addresses, self._shape, self._layers, len(logits), block, row, column)
        return finite

    def distribution(self, z: Tensor) -> tuple[NDArray[np.float32], ...]:
        """p15, p50, p85 (each float32 [units]) and histogram (float32 [2 + bins]) of ``z``, [batch, units]."""
        levels = np.empty((len(LEVELS), z.shape[1]), np.float32)
        counts = np.empty(2 + self._bins, np.float32)
        kernel.distribution(z.data_ptr(), z.shape[0], z.shape[1], levels, counts)
        return (*levels, counts)


def _check_readable(tensors: list[Tensor]) -> None:
    """Loss, logits, trace and gradients: contiguous float32 on the CPU; targets: int64."""
    for index, tensor in enumerate(tensors):
        dtype = torch.int64 if index == 2 else torch.float32
        if not tensor.is_contiguous() or tensor.device.type != "cpu" or tensor.dtype is not dtype:
            raise TypeError(
                f"expected a contiguous {dtype} tensor on the CPU, got {tensor.dtype} on {tensor.device} "
                f"with strides {tensor.stride()}"
            )
