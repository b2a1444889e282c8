"""How far an optimizer moves a weight: its size before, and the distance to it after."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.compiled import compiled


@compiled
def copied_norm(values: Any, copy: Any) -> float:
    """Euclidean norm of all entries, accumulated in float64; they are copied in the same pass.

    Args:
        values: float32 [n].
        copy: float32 [n], written.
    """
    squares = 0.0
    for i in range(values.size):
        value = values[i]
        copy[i] = value
        squares += np.float64(value) * np.float64(value)
    return math.sqrt(squares)


@compiled
def distance(values: Any, before: Any) -> float:
    """Euclidean norm of ``values - before``, subtracted and accumulated in float64.

    Args:
        values: float32 [n].
        before: float32 [n].
    """
    squares = 0.0
    for i in range(values.size):
        difference = np.float64(values[i]) - np.float64(before[i])
        squares += difference * difference
    return math.sqrt(squares)
