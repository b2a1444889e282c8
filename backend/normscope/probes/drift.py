"""Internal covariate shift as the paper's Fig. 1 shows it: how far each unit's median moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from normscope.probes.distribution import percentiles

Units = NDArray[np.float32]
"""[units]"""


def median_and_width(z: NDArray[np.float32]) -> tuple[Units, Units]:
    """p50 and p85 - p15 of each unit over examples and positions; z: float32 [batch, units, positions]."""
    levels = np.empty((3, z.shape[1]), np.float32)
    percentiles(z, levels)
    return levels[1], levels[2] - levels[0]


def drift(median: Units, width: Units, before: Units | None) -> float:
    """Median over units of |p50 now - p50 before| / (p85 - p15) now.

    NaN where there is nothing before, and where a unit is NaN; units that did not move and have no width count as 0,
    those that moved and have none as infinite.
    """
    if before is None:
        return float("nan")
    moved = np.abs(median.astype(np.float64) - before)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(moved == 0, 0.0, moved / width)
    return float(np.median(np.where(np.isnan(width) | np.isnan(moved), np.nan, shares)))
