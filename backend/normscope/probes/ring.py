"""Rows of statistics on a device, brought to the host without making it wait.

    step -> row of the ring --(copy, every 32 rows or 50 ms)--> pinned memory --(once it has arrived)--> take()

A row is written again only after it was taken: a host that is 64 steps ahead of its device waits for the oldest copy.
So whatever a row says is known at most 64 steps late.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

ROWS = 64
HALF = ROWS // 2
COPY_SECONDS = 1 / 21
"""As the recorder emits."""

Label = TypeVar("Label")


class Mark(Protocol):
    """``torch.cuda.Event``: a place in the order of what the device was given to do."""

    def query(self) -> bool:
        """Whether the device has come that far."""
        ...

    def synchronize(self) -> None:
        """Wait until it has."""
        ...


class Done:
    """The mark of a device that has done everything when it is asked: the CPU."""

    def query(self) -> bool:
        """Yes."""
        return True

    def synchronize(self) -> None:
        """Nothing to wait for."""


@dataclass(frozen=True)
class Arrived(Generic[Label]):
    """One row on the host, what it was labelled with, and the tensors that came with it."""

    label: Label
    values: NDArray[np.float64]
    parcels: tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class _Copy:
    rows: Tensor
    parcels: list[list[Tensor]]
    mark: Mark


class Ring(Generic[Label]):
    """A ring of rows on a device.

    Attributes:
        block: float64 [64, columns], on the device: observers write into ``row``.
        row: where this step is written.
    """

    def __init__(
        self, columns: int, device: torch.device, mark: Callable[[], Mark] | None = None, seconds: float = COPY_SECONDS
    ) -> None:
        """``mark``: sets a mark after everything that the device was given so far; for tests."""
        self.block = torch.zeros(ROWS, columns, dtype=torch.float64, device=device)
        self.row = 0
        self._mark = mark or (_cuda_mark if device.type == "cuda" else Done)
        self._seconds = seconds
        self._due = 0.0
        self._labels: deque[Label] = deque()
        self._parcels: list[list[Tensor]] = []
        self._copies: deque[_Copy] = deque()
        self._started = 0
        self._written = 0

    def end_row(self, label: Label, parcels: Sequence[Tensor] = ()) -> None:
        """This step's row is written. ``parcels`` arrive with it: nobody may write into them meanwhile."""
        self._labels.append(label)
        self._parcels.append(list(parcels))
        self._written += 1
        self.row = self._written % ROWS
        if self.row == 0 or self._written - self._started >= HALF or time.perf_counter() >= self._due:
            self._start()

    def take(self, *, wait: bool = False) -> list[Arrived[Label]]:
        """The rows that have arrived since the last call, in order; with ``wait`` all that were written."""
        if wait and self._written > self._started:
            self._start()
        arrived: list[Arrived[Label]] = []
        while self._copies and (wait or len(self._labels) == ROWS or self._copies[0].mark.query()):
            copy = self._copies.popleft()
            copy.mark.synchronize()
            for values, parcels in zip(copy.rows.numpy(), copy.parcels, strict=True):
                arrived.append(Arrived(self._labels.popleft(), values, tuple(each.numpy() for each in parcels)))
        return arrived

    def _start(self) -> None:
        """Have the rows that were written since the last copy copied, behind everything that writes them."""
        first = self._started % ROWS
        rows = _to_host(self.block[first : first + self._written - self._started])
        parcels = [[_to_host(each) for each in row] for row in self._parcels]
        self._copies.append(_Copy(rows, parcels, self._mark()))
        self._parcels = []
        self._started = self._written
        self._due = time.perf_counter() + self._seconds


def _to_host(values: Tensor) -> Tensor:
    """A copy in pinned memory that is complete once the next mark is reached; on the CPU the tensor itself."""
    return values.to("cpu", non_blocking=True)


def _cuda_mark() -> Mark:
    event = torch.cuda.Event()  # type: ignore[no-untyped-call]
    event.record()
    return event
