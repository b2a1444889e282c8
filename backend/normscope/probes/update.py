"""How far an optimizer moves a weight, and its size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from normscope.probes.compiled import compiled


@compiled
def moved(values: Any, before: Any) -> tuple[float, float]:
    """Euclidean norms of ``values - before`` and of ``values``, subtracted and accumulated in float64, in one pass.

    Args:
        values: float32 [n].
        before: float32 [n]; becomes a copy of ``values``.
    """
    distance, squares = 0.0, 0.0
    for i in range(values.size):
        value = np.float64(values[i])
        difference = value - np.float64(before[i])
        distance += difference * difference
        squares += value * value
        before[i] = values[i]
    return math.sqrt(distance), math.sqrt(squares)
