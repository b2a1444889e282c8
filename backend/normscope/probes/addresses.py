"""Where the kernels find the tensors of a network's layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from normscope.probes.layers import Seen
from normscope.probes.memory import addressed, readable

ROWS = range(10)
WEIGHT, GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE, INPUT, OUTPUT, ACTIVATION_GRADIENT, NORM_INPUT, NORM_OUTPUT = ROWS


class Addresses:
    """Of one network.

    Parameters and buffers are written in place as long as a network lives: their addresses are looked up once, but for
    those that the kernels can read only as copies.

    Attributes:
        table: int64 [10, layers], output layer last, rows as named above; 0: the layer has no such tensor.
        sizes: int64 [layers, 3]: units, positions, entries of the weight.
    """

    def __init__(self, seen: Seen) -> None:
        weights = [layer.weight for layer in seen.weighted]
        self.table = np.zeros((len(ROWS), len(weights)), np.int64)
        self.sizes = np.array(
            [(*size, weight.numel()) for size, weight in zip(seen.sizes, weights, strict=True)], np.int64
        )
        self._resident: list[Tensor] = []
        self._scattered: list[tuple[int, int, Tensor]] = []
        self._copies: list[Tensor] = []
        for layer, (weight, held) in enumerate(zip(weights, [*seen.held(), ()], strict=True)):
            for row, tensor in enumerate((weight, *held), WEIGHT):
                if tensor is None:
                    continue
                if tensor.is_contiguous():
                    self._resident.append(tensor.detach())  # the memory lives, whatever becomes of the parameter
                    self.table[row, layer] = tensor.data_ptr()
                else:
                    self._scattered.append((row, layer, tensor))

    def locate(self) -> None:
        """See to it that the addresses of parameters and buffers point to what these hold now."""
        if self._scattered:
            self._copies = [readable(tensor) for *_, tensor in self._scattered]
            for (row, layer, _), copy in zip(self._scattered, self._copies, strict=True):
                self.table[row, layer] = copy.data_ptr()

    def put(self, row: int, tensors: Sequence[Tensor]) -> Sequence[Tensor]:
        """Of each hidden layer; returns what is to be held until it was read."""
        held, self.table[row, :-1] = addressed(tensors)
        return held
