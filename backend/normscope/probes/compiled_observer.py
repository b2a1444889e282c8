"""Observes a network on the CPU: hands the addresses of a step's tensors to the compiled kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from normscope.probes import kernel
from normscope.probes.activation import CODES
from normscope.probes.memory import addressed
from normscope.probes.observer import Measured


class CompiledObserver:
    """Implements ``observer.Observer``; knows at once whether the loss is finite."""

    def __init__(self, measured: Measured, block: NDArray[np.float64], column: int) -> None:
        layers = measured.layers
        self._weights = [layer.weight for layer in measured.weighted]
        entries = [weight.numel() for weight in self._weights] if layers else [0] * len(measured.sizes)
        self._sizes = np.array([(*size, count) for size, count in zip(measured.sizes, entries, strict=True)], np.int64)
        self._activation = CODES[measured.activation]
        self._layers = layers
        self._addresses = np.zeros(3 + 2 * (len(measured.sizes) - 1) + len(measured.sizes), np.int64)
        self._block = block
        self._column = column

    def scalars(self, loss: Tensor, logits: Tensor, targets: Tensor, trace: list[Tensor], row: int) -> bool:
        """As ``Observer``'s; whether the loss is finite."""
        tensors = [loss, logits, targets]
        if self._layers:
            tensors += trace
            tensors += [weight.grad for weight in self._weights]  # type: ignore[misc]
        _read, self._addresses[: len(tensors)] = addressed(tensors)
        finite: bool = kernel.observe(
            self._addresses,
            self._activation,
            self._sizes,
            self._layers,
            len(logits),
            self._block,
            row,
            self._column,
        )
        return finite
