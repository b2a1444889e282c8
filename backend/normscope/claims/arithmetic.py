"""The few statistics that verdicts are made of. Pure; NaN in, NaN out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median, stdev

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


def interval(differences: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the mean of paired differences, by Student's t with n - 1 degrees of freedom.

    None where it does not exist: fewer than two, or one that is not finite.
    """
    n = len(differences)
    if n < 2 or not all(map(math.isfinite, differences)):
        return None
    from scipy.special import stdtrit  # imported here: the server lists claims without it

    half = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * stdev(differences) / math.sqrt(n)
    return fmean(differences) - half, fmean(differences) + half


def interval_of_ratios(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the geometric mean: that of the logarithms. None where it does not exist, or a ratio is 0."""
    if not all(value > 0 for value in values):
        return None
    found = interval([math.log(value) for value in values])
    return None if found is None else (math.exp(found[0]), math.exp(found[1]))


def median_of(values: Sequence[float]) -> float:
    """The median; infinity counts as great, NaN makes it NaN."""
    return math.nan if any(map(math.isnan, values)) or not values else float(median(values))


def greatest(values: Iterable[float]) -> float:
    """The greatest finite value; NaN where there is none."""
    return max(filter(math.isfinite, values), default=math.nan)


def steps_to(step: NDArray[np.int64], value: NDArray[np.float64], target: float) -> float:
    """The first step after which the running median of three evaluations is at least ``target``; infinity: never.

    A single lucky evaluation is not an arrival. With fewer than three evaluations none is.
    """
    if not math.isfinite(target) or len(value) < 3:
        return math.inf
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(value, 3), axis=1)
    reached = np.flatnonzero(smooth >= target)
    return float(step[reached[0] + 2]) if len(reached) else math.inf
