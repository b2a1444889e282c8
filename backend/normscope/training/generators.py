"""Random generators of our own: one for each purpose, seeded by (seed, name), so that nothing shifts anything else."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

CPU = torch.device("cpu")


def generator(seed: int, name: str, device: torch.device = CPU) -> torch.Generator:
    """A fresh generator that depends on ``seed`` and ``name`` only; each kind of device has draws of its own."""
    return torch.Generator(device).manual_seed(_number(f"{seed}:{name}".encode()))


def set_state(generator: torch.Generator, state: Tensor) -> None:
    """Draw on from ``state``; where that is of another kind of device, from a place that depends on it alone."""
    if len(state) == len(generator.get_state()):
        generator.set_state(state)
    else:
        generator.manual_seed(_number(state.numpy().tobytes()))


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1
