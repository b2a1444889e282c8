"""Compiled kernels for all tests, and one thread as in a worker."""

from __future__ import annotations

import pytest
import torch

from normscope.training.warm import cache_kernels


@pytest.fixture(scope="session", autouse=True)
def compiled_kernels(pytestconfig: pytest.Config) -> None:
    """Compile the kernels once for all test runs of this checkout, not once for each."""
    assert pytestconfig.cache is not None
    cache_kernels(pytestconfig.cache.mkdir("normscope"))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As ``train`` does: the tests' products are small, and threads beside another process's wait for each other."""
    torch.set_num_threads(1)
