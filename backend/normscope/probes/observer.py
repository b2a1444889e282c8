"""The seam between the loop and what measures a step: one interface, two implementations.

``CompiledObserver`` reads the memory of tensors on the CPU by compiled kernels. ``TensorObserver`` says the same with
PyTorch's own operations, on any device, and never waits for it. A statistic is added to both, in the same place of the
row (``core.manifest`` has the order); ``tests/probes/test_observer.py`` holds them against each other and against the
definitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor, nn

from normscope.core.spec import ActivationKind

Weighted = nn.Linear | nn.Conv2d
Own = Sequence[Sequence[nn.Parameter]]
"""For each layer, all parameters that count as its own: where a fault is looked for."""


@dataclass(frozen=True)
class Measured:
    """What is measured of one network."""

    sizes: Sequence[tuple[int, int]]
    """Units and positions of each layer, output layer last."""
    activation: ActivationKind
    weighted: Sequence[Weighted]
    """The convolution or linear layer of each layer."""
    own: Own
    layers: bool
    """Whether layers are measured, or loss and accuracy only."""


class Observer(Protocol):
    """Reads loss, logits, targets, trace and gradients of one network; writes nothing but its own output.

    Built with the block that it writes into (``float64 [rows, columns]``, on the CPU or on the network's device), and
    the first of its columns there.
    """

    def scalars(self, loss: Tensor, logits: Tensor, targets: Tensor, trace: list[Tensor], row: int) -> bool:
        """Write this step's statistics to ``row`` of the block; called between backward and the optimizer's step.

        Returns:
            Whether the step may be applied: False where the loss is known not to be finite.
        """
        ...


Where = Literal["input", "output", "parameters", "gradient", "loss"]
Fault = tuple[int | None, Where]
"""The layer (1, 2, ...) in which something is not finite, and what; without a layer the loss itself."""


def places(own: Own, trace: Sequence[Tensor], logits: Tensor) -> list[tuple[Fault, Tensor]]:
    """Everything in which a fault is looked for, in forward order, each with the fault that it would be."""
    found: list[tuple[Fault, Tensor]] = []
    for layer, parameters in enumerate(own, 1):
        found += [((layer, "parameters"), parameter) for parameter in parameters]
        if 2 * layer <= len(trace):
            found += [((layer, "input"), trace[2 * layer - 2]), ((layer, "output"), trace[2 * layer - 1])]
    return [*found, ((len(own), "output"), logits)]
