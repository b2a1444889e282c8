"""Observes a network on any device by PyTorch's own operations, and never waits for the device."""

from __future__ import annotations

import torch
from torch import Tensor

from normscope.probes import tensor
from normscope.probes.observer import Fault, Measured, places


class TensorObserver:
    """Implements ``observer.Observer``. Whether the loss is finite is decided on the device.

    Attributes:
        lost: float32, 1 from the first step on whose loss was not finite. A fused optimizer that has it as its
            ``found_inf`` makes no step any more, as the loop on the CPU makes none: no one need wait to learn of it.
    """

    def __init__(self, measured: Measured, block: Tensor, column: int, fault_column: int) -> None:
        self._measured = measured
        self._weights = [layer.weight for layer in measured.weighted]
        self._block = block
        self._column = column
        self._fault_column = fault_column
        self._faults: list[Fault] = []
        self.lost = torch.zeros((), device=block.device)

    @torch.no_grad()
    def scalars(self, loss: Tensor, logits: Tensor, targets: Tensor, trace: list[Tensor], row: int) -> bool:
        """As ``Observer``'s; always True. ``fault`` explains what is written to the fault's column."""
        values = [loss, tensor.accuracy(logits, targets)]
        if self._measured.layers:
            values += self._layers(logits, trace)
        values = [value.double() for value in values]
        torch.stack(values, out=self._block[row, self._column : self._column + len(values)])
        self.lost.logical_or_(loss.isfinite().logical_not())
        looked = places(self._measured.own, trace, logits)
        self._faults = [fault for fault, _ in looked]
        largest = torch._foreach_norm([each for _, each in looked], torch.inf)
        faulty = torch.stack([*largest, largest[0].new_tensor(torch.inf)]).isfinite().logical_not()
        self._block[row, self._fault_column] = faulty.int().argmax()
        return True

    def fault(self, value: float) -> Fault:
        """What the fault's column says of a step whose loss is not finite: the first in forward order."""
        index = int(value)
        return self._faults[index] if index < len(self._faults) else (None, "loss")

    def _layers(self, logits: Tensor, trace: list[Tensor]) -> list[Tensor]:
        """Of each hidden layer, then of the output layer, in the order of the series."""
        activation = self._measured.activation
        values: list[Tensor] = []
        *weights, last = self._weights
        for weight, z, a in zip(weights, trace[::2], trace[1::2], strict=True):
            quiet = tensor.saturated if activation in ("sigmoid", "tanh") else tensor.dead
            values += [*tensor.mean_variance(z), *tensor.mean_variance(a), quiet(a, activation)]
            values.append(tensor.norm(_gradient(weight)))
        return [*values, *tensor.mean_variance(logits), tensor.norm(_gradient(last))]


def _gradient(weight: Tensor) -> Tensor:
    assert weight.grad is not None
    return weight.grad
