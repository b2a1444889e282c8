"""The size of a gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.compiled import compiled


@compiled
def norm(gradient: Any) -> float:
    """Euclidean norm of all entries, accumulated in float64, so that no finite float32 gradient overflows.

    Args:
        gradient: float32, of any shape, of a layer's weight.
    """
    flat = gradient.reshape(-1)
    squares = 0.0
    for i in range(flat.size):
        value = np.float64(flat[i])
        squares += value * value
    return math.sqrt(squares)
