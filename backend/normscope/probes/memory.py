"""Tensors whose memory the kernels can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def readable(tensor: Tensor) -> Tensor:
    """``tensor`` itself where the kernels can read its memory in order, else a copy that they can."""
    return tensor if tensor.is_contiguous() else tensor.detach().contiguous()


def addressed(tensors: Sequence[Tensor]) -> tuple[Sequence[Tensor], list[int]]:
    """``tensors`` as the kernels can read them, to be held until they were read, and their addresses.

    Loops in Python take five times as long between two steps of a network as they do by themselves: here are none.
    """
    if not all(map(Tensor.is_contiguous, tensors)):
        tensors = [readable(tensor) for tensor in tensors]
    return tensors, list(map(Tensor.data_ptr, tensors))


class Resident:
    """Parameters and buffers, which are written in place as long as their network lives.

    Their addresses are looked up once, but for those that the kernels can read only as copies.
    """

    def __init__(self, table: NDArray[np.int64]) -> None:
        """``table`` receives the addresses."""
        self._table = table
        self._held: list[Tensor] = []
        self._scattered: dict[tuple[int, int], Tensor] = {}
        self._copies: dict[tuple[int, int], Tensor] = {}

    def add(self, place: tuple[int, int], tensor: Tensor | None) -> None:
        """Keep the address of ``tensor`` at ``place`` of the table; None: there is none."""
        if tensor is None:
            return
        if tensor.is_contiguous():
            self._held.append(tensor.detach())  # the memory lives, whatever becomes of the parameter
            self._table[place] = tensor.data_ptr()
        else:
            self._scattered[place] = tensor

    def locate(self) -> None:
        """See to it that what the addresses point to is what the tensors hold now."""
        for place, tensor in self._scattered.items():
            self._copies[place] = copy = readable(tensor)
            self._table[place] = copy.data_ptr()
