"""Vectors on the CPU: hands the addresses of a step's tensors to the compiled kernels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from normscope.core.statistics import Statistic
from normscope.probes import kernel
from normscope.probes.activation import CODES
from normscope.probes.layers import Seen
from normscope.probes.memory import readable

HELD: tuple[Statistic, ...] = ("gamma", "beta", "running_mean", "running_variance")
"""In the order of ``Seen.held``."""


class CompiledVectors:
    """Implements ``layers.Vectors``."""

    def __init__(self, seen: Seen) -> None:
        self._weights = [layer.weight for layer in seen.weighted]
        self._held = seen.held()
        self._activation = CODES[seen.activation]
        self._bins = seen.bins

    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> list[dict[Statistic, Tensor]]:
        """As ``Vectors``'."""
        found: list[dict[Statistic, Tensor]] = []
        for layer, held in enumerate(self._held):
            z, output = trace[2 * layer : 2 * layer + 2]
            vectors = self._units(norms[2 * layer] if norms else z, output)
            if norms:
                vectors["norm_input_histogram"] = self._histogram(norms[2 * layer])
                vectors["norm_output_histogram"] = self._histogram(norms[2 * layer + 1])
            vectors |= {
                name: tensor.detach().clone() for name, tensor in zip(HELD, held, strict=True) if tensor is not None
            }
            found.append(vectors | {"weight_histogram": self._histogram(self._weights[layer])})
        return [*found, {"weight_histogram": self._histogram(self._weights[-1])}]

    def _units(self, entering: Tensor, output: Tensor) -> dict[Statistic, Tensor]:
        """Of each unit, over minibatch and positions."""
        entering, output = readable(entering), readable(output)
        saturation, mean, variance = (torch.empty(output.shape[1]) for _ in range(3))
        shape = *output.shape[:2], output[0, 0].numel()
        kernel.saturation(output.data_ptr(), *shape, self._activation, saturation.numpy())
        kernel.moments(entering.data_ptr(), *shape, mean.numpy(), variance.numpy())
        return {"unit_saturation": saturation, "norm_input_mean": mean, "norm_input_variance": variance}

    def _histogram(self, values: Tensor) -> Tensor:
        """Of all values, pooled."""
        values = readable(values)
        out = torch.empty(2 + self._bins)
        kernel.counts(values.data_ptr(), values.numel(), out.numpy())
        return out
