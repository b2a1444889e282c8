"""The seam between the loop and what looks at a network's layers on a schedule: two interfaces, each implemented twice.

``CompiledDetails`` and ``CompiledVectors`` read the memory of tensors on the CPU by compiled kernels. ``TensorDetails``
and ``TensorVectors`` say the same with PyTorch's own operations, on any device, and never wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from normscope.core.spec import ActivationKind


@dataclass(frozen=True)
class Seen:
    """The parts of one network that are looked at."""

    sizes: Sequence[tuple[int, int]]
    """Units and positions of each layer, output layer last."""
    activation: ActivationKind
    weighted: Sequence[nn.Linear | nn.Conv2d]
    """The convolution or linear layer of each layer."""
    norms: Sequence[nn.Module]
    """Of each hidden layer; empty: there are none."""
    invariant: bool
    """Whether the norms make the hidden layers' weights scale-invariant."""
    tracking: bool
    """Whether the norms keep running statistics that move."""
    bins: int
    """Of the histograms."""

    @property
    def epsilon(self) -> float:
        """Of the norms; 0: there are none."""
        return float(self.norms[0].eps) if self.norms else 0.0  # type: ignore[arg-type]

    def held(self) -> list[tuple[Tensor | None, ...]]:
        """gamma, beta, running mean and running variance of each hidden layer's norm; None: it has none."""
        names = ("weight", "bias", *(("running_mean", "running_var") if self.tracking else ()))
        each = [tuple(getattr(norm, name, None) for name in names) for norm in self.norms]
        return [(*found, *(None,) * (4 - len(found))) for found in each] or [(None,) * 4] * (len(self.sizes) - 1)

    @property
    def numbers(self) -> int:
        """Of all vectors together."""
        total = len(self.sizes) * (2 + self.bins)
        for (units, _), held in zip(self.sizes, self.held(), strict=False):
            total += units * (6 + sum(each is not None for each in held))
            total += (2 + self.bins) * (3 if self.norms else 1)
        return total


class Details(Protocol):
    """Measures the ``details`` of one network, from before its backward pass to after its update."""

    def watch(self, trace: Sequence[Tensor]) -> None:
        """Have the gradients by the activations' outputs kept; between the forward and the backward pass."""
        ...

    def measure(self, loss: Tensor, norms: Sequence[Tensor], batch: int, rate: float, *, again: bool = False) -> None:
        """Measure all but the updates; between the backward pass and the update.

        Args:
            loss: where it is not finite, no update follows.
            norms: as ``Network.forward`` records them.
            batch: examples in this minibatch.
            rate: the learning rate of the update.
            again: the step before was measured too: nothing has changed the weights since its update.
        """
        ...

    def finish(self) -> Tensor:
        """Measure the updates; float64 [columns], in the order of the series. Ratios are NaN where none was made."""
        ...


class Vectors(Protocol):
    """Measures the vectors of one network on the schedule of distributions."""

    def measure(self, trace: Sequence[Tensor], norms: Sequence[Tensor]) -> Tensor:
        """All vectors, one after the other; float32 ``[numbers]``; between the backward pass and the update.

        Layer by layer, output layer last, in the order of ``statistics.distribution_vectors``.

        Args:
            trace: as ``Network.forward`` records it.
            norms: the same of the norms.
        """
        ...
