"""Vectors on the CPU: hands the addresses of a step's tensors to the compiled kernel."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from normscope.probes import kernel
from normscope.probes.activation import CODES
from normscope.probes.addresses import INPUT, NORM_INPUT, NORM_OUTPUT, OUTPUT, Addresses
from normscope.probes.layers import Seen


class CompiledVectors:
    """Implements ``layers.Vectors``."""

    def __init__(self, seen: Seen) -> None:
        self._addresses = Addresses(seen)
        self._activation = CODES[seen.activation]
        self._bins = seen.bins
        self._numbers = seen.numbers

    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> Tensor:
        """As ``Vectors``'."""
        addresses = self._addresses
        _trace = addresses.put(INPUT, trace[::2]), addresses.put(OUTPUT, trace[1::2])
        _norms = norms and (addresses.put(NORM_INPUT, norms[::2]), addresses.put(NORM_OUTPUT, norms[1::2]))
        addresses.locate()
        out = torch.empty(self._numbers)
        kernel.vectors(addresses.table, addresses.sizes, self._activation, len(trace[0]), self._bins, out.numpy())
        return out
