"""Details on the CPU: hands the addresses of a step's tensors to the compiled kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from normscope.probes import kernel
from normscope.probes.activation_gradients import ActivationGradients
from normscope.probes.addresses import ACTIVATION_GRADIENT, NORM_INPUT, Addresses
from normscope.probes.layers import Seen


class CompiledDetails:
    """Implements ``layers.Details``."""

    def __init__(self, seen: Seen) -> None:
        self._addresses = Addresses(seen)
        self._invariant = seen.invariant
        self._epsilon = seen.epsilon
        layers = len(seen.sizes)
        gamma, beta, running, _ = seen.held()[0]
        self._meets_norms = running is not None
        self._copies = np.zeros(self._addresses.sizes[:, 2].sum(), np.float32)
        self._norms = np.zeros(layers)
        self._kept = False
        """The copies, and norms, are of the weights as the last update left them."""
        width = 3 + self._invariant + 2 * sum(each is not None for each in (gamma, beta, running))
        self._sites = np.arange(layers) * width + 2
        self._sites[-1] -= 1  # the output layer has no activation
        self._row = np.zeros(self._sites[-1] + 1)
        self._gradients = ActivationGradients(layers - 1)
        self._updated = True

    def watch(self, trace: Sequence[Tensor]) -> None:
        """As ``Details``'."""
        self._gradients.watch(trace[1::2])

    def measure(self, loss: Tensor, norms: Sequence[Tensor], batch: int, rate: float, *, again: bool = False) -> None:
        """As ``Details``'."""
        addresses = self._addresses
        _gradients = addresses.put(ACTIVATION_GRADIENT, self._gradients.take())
        _entered = addresses.put(NORM_INPUT, norms[::2]) if self._meets_norms else None
        addresses.locate()
        if not (again and self._kept):
            self._keep()
        self._updated = kernel.details(
            loss.data_ptr(),
            addresses.table,
            addresses.sizes,
            self._invariant,
            batch,
            rate,
            self._epsilon,
            self._norms,
            self._row,
        )

    def finish(self) -> Tensor:
        """As ``Details``'."""
        self._kept = self._updated
        if self._updated:
            self._addresses.locate()
            self._keep()
        else:
            self._row[self._sites] = np.nan
        return torch.from_numpy(self._row.copy())

    def _keep(self) -> None:
        """One and the same code before and after updates: the norms have the same bits."""
        addresses = self._addresses
        kernel.keep(addresses.table, addresses.sizes, self._copies, self._norms, self._sites, self._row)
