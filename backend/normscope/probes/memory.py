"""Tensors whose memory the kernels can read."""

from __future__ import annotations

from collections.abc import Sequence

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
