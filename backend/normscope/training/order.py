"""The order of examples: one for each seed, shared by all arms of that seed."""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from torch import Tensor

from normscope.training.generators import CPU, generator
from normscope.training.placing import upload


class Order:
    """Endless minibatches of indices: a new permutation for each epoch, from a generator of its own.

    It is drawn on the CPU, the same for every device, and taken to ``device`` once an epoch.

    Attributes:
        digest: sha256 of the first epoch's permutation (int64, little endian).
    """

    def __init__(self, seed: int, examples: int, batch_size: int, drop_last: bool, device: torch.device = CPU) -> None:
        self.generator = generator(seed, "minibatch order")
        self._examples = examples
        self._batch = batch_size
        self._end = examples - examples % batch_size if drop_last else examples
        self._device = device
        self._position = 0
        self._shuffle()
        self.digest = hashlib.sha256(self._permutation.numpy().tobytes()).hexdigest()

    def next(self) -> Tensor:
        """Indices of the next minibatch, int64 [batch_size] (fewer at the end of an epoch without ``drop_last``)."""
        if self._position >= self._end:
            self._shuffle()
        minibatch = self._minibatches[self._position // self._batch]
        self._position = min(self._position + self._batch, self._end)
        return minibatch

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        own = {"position": self._position, "permutation": self._permutation.clone()}
        return own | {"generator": self.generator.get_state()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self._position = state["position"]
        self._deal(state["permutation"].clone())
        self.generator.set_state(state["generator"])

    def _shuffle(self) -> None:
        self._position = 0
        self._deal(torch.randperm(self._examples, generator=self.generator))

    def _deal(self, permutation: Tensor) -> None:
        self._permutation = permutation
        # once an epoch: a slice in each step would take 15 us of it
        self._minibatches: tuple[Tensor, ...] = torch.split(upload(permutation, self._device), self._batch)
