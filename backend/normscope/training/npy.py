"""Arrays as .npy files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save(path: Path, array: NDArray[Any]) -> None:
    """Write ``array`` as .npy so that a reader sees all of it or nothing."""
    with saving(path, array.dtype, array.shape) as out:
        out[...] = array


@contextlib.contextmanager
def saving(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Iterator[NDArray[Any]]:
    """An array on disk to be filled; it is at ``path``, as .npy, once the block has ended well, and nowhere else."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    os.close(handle)
    try:
        out = np.lib.format.open_memmap(name, mode="w+", dtype=dtype, shape=shape)
        yield out
        out.flush()
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
