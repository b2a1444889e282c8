"""Probes are tested on one thread and with the kernels that the trainer's tests compiled."""

from tests.training.conftest import compiled_kernels, one_thread

__all__ = ["compiled_kernels", "one_thread"]
