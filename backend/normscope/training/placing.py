"""Brings tensors of the CPU to where the networks are."""

from __future__ import annotations

import torch
from torch import Tensor

from normscope.core.device import DeviceChoice
from normscope.training.splits import Split


def prepared_device(choice: DeviceChoice) -> torch.device:
    """The device of a run. Numbers on a GPU are those of float32, and the same from run to run where it can promise it.

    Called in the worker; the launcher, from which workers are forked, never touches a GPU.
    """
    device = torch.device(choice.taken)
    if device.type == "cuda":
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.deterministic = True
    return device


def upload(tensor: Tensor, device: torch.device) -> Tensor:
    """``tensor`` on ``device``, without waiting for it; on the CPU the tensor itself."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def place(split: Split, device: torch.device) -> tuple[Tensor, Tensor]:
    """A whole split as tensors on ``device``: x float32 [n, features], y int64 [n]; on the CPU the memory that is."""
    return torch.from_numpy(split.x).to(device), torch.from_numpy(split.y).to(device)
