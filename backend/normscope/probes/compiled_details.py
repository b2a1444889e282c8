"""Details on the CPU: hands the addresses of a step's tensors to the compiled kernels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from normscope.probes import kernel
from normscope.probes.activation_gradients import ActivationGradients
from normscope.probes.layers import Seen
from normscope.probes.memory import readable


class CompiledDetails:
    """Implements ``layers.Details``."""

    def __init__(self, seen: Seen) -> None:
        self._weights = [layer.weight for layer in seen.weighted]
        self._held = seen.held()
        self._sizes = np.array(
            [(*size, weight.numel()) for size, weight in zip(seen.sizes, self._weights, strict=True)], np.int64
        )
        self._invariant = seen.invariant
        self._epsilon = seen.epsilon
        self._flat = np.zeros(len(self._sizes) * 7, np.int64)
        self._addresses = self._flat.reshape(len(self._sizes), 7)
        self._copies = np.empty(self._sizes[:, 2].sum(), np.float32)
        hidden = len(self._sizes) - 1
        gamma, beta, running, _ = self._held[0]
        self._width = 3 + self._invariant + 2 * sum(each is not None for each in (gamma, beta, running))
        self._sites = np.arange(hidden + 1) * self._width + 2
        self._sites[-1] -= 1  # the output layer has no activation
        self._row = np.empty(self._sites[-1] + 1)
        self._gradients = ActivationGradients(hidden)
        self._updated = True

    def watch(self, trace: Sequence[Tensor]) -> None:
        """As ``Details``'."""
        self._gradients.watch(trace[1::2])

    def measure(self, loss: Tensor, norms: Sequence[Tensor], batch: int, rate: float) -> None:
        """As ``Details``'."""
        tensors: list[Tensor | None] = []
        for layer, (gradient, held) in enumerate(zip(self._gradients.take(), self._held, strict=True)):
            norm_input = norms[2 * layer] if held[2] is not None else None
            tensors += (self._weights[layer], gradient, norm_input, *held)
        tensors.append(self._weights[-1])
        read = [None if tensor is None else readable(tensor) for tensor in tensors]  # copies live until they were read
        self._flat[: len(read)] = [0 if tensor is None else tensor.data_ptr() for tensor in read]
        kernel.details(
            self._addresses, self._sizes, self._invariant, batch, rate, self._epsilon, self._copies, self._row
        )
        self._updated = math.isfinite(loss.detach())

    def finish(self) -> Tensor:
        """As ``Details``'."""
        if self._updated:
            read = [readable(weight) for weight in self._weights]
            self._flat[:: self._addresses.shape[1]] = [weight.data_ptr() for weight in read]
            kernel.updated(self._addresses, self._sizes, self._sites, self._copies, self._row)
        else:
            self._row[self._sites] = np.nan
        return torch.from_numpy(self._row.copy())
