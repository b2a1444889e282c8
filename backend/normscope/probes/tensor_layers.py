"""Looks at a network's layers on any device by PyTorch's own operations, and never waits for the device."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from normscope.core.statistics import Statistic
from normscope.probes import tensor
from normscope.probes.activation_gradients import ActivationGradients
from normscope.probes.compiled_vectors import HELD
from normscope.probes.layers import Seen


class TensorDetails:
    """Implements ``layers.Details``."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._weights = [layer.weight for layer in seen.weighted]
        self._gradients = ActivationGradients(len(self._weights) - 1)
        self._before: list[Tensor] = []
        self._measured: list[list[Tensor]] = []
        self._learns = torch.tensor(True)

    def watch(self, trace: Sequence[Tensor]) -> None:
        """As ``Details``'."""
        self._gradients.watch(trace[1::2])

    @torch.no_grad()
    def measure(self, loss: Tensor, norms: Sequence[Tensor], batch: int, rate: float, *, again: bool = False) -> None:
        """As ``Details``'."""
        self._learns = loss.isfinite()
        self._before = [weight.detach().clone() for weight in self._weights]
        self._measured = []
        for layer, (gradient, held) in enumerate(zip(self._gradients.take(), self._seen.held(), strict=True)):
            size = tensor.norm(self._weights[layer])
            values = [tensor.norm(gradient), size, size]
            if self._seen.invariant:
                values.append(rate / size.square())
            for learned in held[:2]:
                if learned is not None:
                    values += tensor.mean_spread(learned)
            if held[2] is not None and held[3] is not None:
                values += tensor.gaps(norms[2 * layer], held[2], held[3], self._seen.epsilon)
            self._measured.append(values)
        size = tensor.norm(self._weights[-1])
        self._measured.append([size, size])

    @torch.no_grad()
    def finish(self) -> Tensor:
        """As ``Details``'."""
        hidden = len(self._measured) - 1
        for layer, (values, weight, before) in enumerate(zip(self._measured, self._weights, self._before, strict=True)):
            at = 2 if layer < hidden else 1
            ratio = tensor.norm(weight.double() - before.double()) / values[at - 1]
            values[at] = torch.where(self._learns, ratio, torch.nan)
        return torch.stack([value.double() for values in self._measured for value in values])


class TensorVectors:
    """Implements ``layers.Vectors``."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    @torch.no_grad()
    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> list[dict[Statistic, Tensor]]:
        """As ``Vectors``'."""
        seen = self._seen
        found: list[dict[Statistic, Tensor]] = []
        for layer, held in enumerate(seen.held()):
            z, output = trace[2 * layer : 2 * layer + 2]
            mean, variance = tensor.unit_moments(norms[2 * layer] if norms else z)
            vectors: dict[Statistic, Tensor] = {
                "unit_saturation": tensor.unit_saturation(output, seen.activation),
                "norm_input_mean": mean.float(),
                "norm_input_variance": variance.float(),
            }
            if norms:
                vectors["norm_input_histogram"] = tensor.histogram(norms[2 * layer], seen.bins)
                vectors["norm_output_histogram"] = tensor.histogram(norms[2 * layer + 1], seen.bins)
            vectors |= {name: each.clone() for name, each in zip(HELD, held, strict=True) if each is not None}
            found.append(vectors)
        found.append({})
        for vectors, weighted in zip(found, seen.weighted, strict=True):
            vectors["weight_histogram"] = tensor.histogram(weighted.weight, seen.bins)
        return found
