"""Rules that several claims share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from normscope.claims.arithmetic import interval, interval_of_ratios, median_of
from normscope.claims.base import Judgement


def by_size(values: Sequence[float], *, supported: float, refuted: float, ratio: bool = False) -> Judgement:
    """Supported where the median over seeds is at least ``supported``, refuted where at most ``refuted``.

    Where ``supported`` is the smaller one, small values support. The interval is told, and decides nothing: of the
    mean, or where the values are a ``ratio`` of the geometric mean.
    """
    middle = median_of(values)
    if math.isnan(middle):
        return Judgement("inconclusive", "not_measured")
    told = interval_of_ratios(values) if ratio else interval(values)
    if len(set(values)) == 1:
        told = None  # Seeds that all gave the same, as on a coarse grid, say nothing of their spread.
    sign = 1.0 if supported > refuted else -1.0
    if sign * middle >= sign * supported:
        return Judgement("supported", "large_enough", middle, told)
    if sign * middle <= sign * refuted:
        return Judgement("refuted", "too_small", middle, told)
    return Judgement("inconclusive", "between", middle, told)


def by_interval(differences: Sequence[float], *, margin: float = 0.0) -> Judgement:
    """Supported where the 95 % interval lies above ``margin``, refuted where none of it does."""
    found = interval(differences)
    if found is None:
        reason = "one_seed" if len(differences) < 2 else "not_measured"
        return Judgement("inconclusive", reason)
    low, high = found
    effect = fmean(differences)
    if low > margin:
        return Judgement("supported", "interval_above", effect, found)
    if high <= margin:
        return Judgement("refuted", "interval_below", effect, found)
    return Judgement("inconclusive", "interval_around", effect, found)


def learned(accuracies: Sequence[float], *, classes: int = 10, times: float = 2.0) -> bool:
    """Whether the median accuracy is more than ``times`` that of guessing."""
    return median_of(accuracies) > times / classes


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Seed by seed; x / 0 is infinity, 0 / 0 and what is not measured NaN."""
    return [_ratio(a, b) for a, b in zip(above, below, strict=True)]


def differences(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """a - b, seed by seed."""
    return [x - y for x, y in zip(a, b, strict=True)]


def _ratio(a: float, b: float) -> float:
    if b != 0.0:
        return math.nan if math.isinf(a) and math.isinf(b) else a / b
    return math.nan if a == 0.0 or math.isnan(a) else math.inf
