"""Looks at a network's layers on any device by PyTorch's own operations, and never waits for the device."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from normscope.probes import tensor
from normscope.probes.activation_gradients import ActivationGradients
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
    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> Tensor:
        """As ``Vectors``'."""
        seen = self._seen
        found: list[Tensor] = []
        for layer, (gamma, beta, *running) in enumerate(seen.held()):
            z, output = trace[2 * layer : 2 * layer + 2]
            found += [*tensor.percentiles(z), tensor.histogram(z, seen.bins)]
            found.append(tensor.unit_saturation(output, seen.activation))
            found += [each.float() for each in tensor.unit_moments(norms[2 * layer] if norms else z)]
            found += [tensor.histogram(each, seen.bins) for each in norms[2 * layer : 2 * layer + 2]]
            found += [each for each in (*running, gamma, beta) if each is not None]
            found.append(tensor.histogram(seen.weighted[layer].weight, seen.bins))
        return torch.cat([*found, tensor.histogram(seen.weighted[-1].weight, seen.bins)])
