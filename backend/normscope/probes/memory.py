"""Tensors whose memory the kernels can read."""

from __future__ import annotations

from torch import Tensor


def readable(tensor: Tensor) -> Tensor:
    """``tensor`` itself where the kernels can read its memory in order, else a copy that they can."""
    return tensor if tensor.is_contiguous() else tensor.detach().contiguous()
