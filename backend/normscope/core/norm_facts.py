"""What each kind of norm has and does: the one place that all others ask."""

from __future__ import annotations

from normscope.core.spec import BatchNorm, FrozenBatchNorm, NormSpec, RmsNorm, RunningNorm


def has_scale(norm: NormSpec) -> bool:
    """Whether it learns gamma."""
    return norm.kind != "none" and not (isinstance(norm, BatchNorm) and not norm.affine)


def has_shift(norm: NormSpec) -> bool:
    """Whether it learns beta."""
    return has_scale(norm) and not isinstance(norm, RmsNorm)


def is_over_minibatch(norm: NormSpec) -> bool:
    """Whether it normalises each unit over a minibatch and its positions while it trains."""
    return isinstance(norm, RunningNorm)


def is_batch_norm(norm: NormSpec) -> bool:
    """Whether it is a BatchNorm of some kind: each of them can take over the state of another."""
    return is_over_minibatch(norm) or isinstance(norm, FrozenBatchNorm)


def has_running_statistics(norm: NormSpec) -> bool:
    """Whether it keeps averages for evaluation mode that move while it trains."""
    return is_over_minibatch(norm) and not (isinstance(norm, BatchNorm) and not norm.track_running_statistics)


def has_statistics(norm: NormSpec) -> bool:
    """Whether it evaluates by means and variances of its own: running ones, or frozen ones."""
    return has_running_statistics(norm) or isinstance(norm, FrozenBatchNorm)


def is_scale_invariant(norm: NormSpec) -> bool:
    """Whether norm(aWx) = norm(Wx) for a > 0, eps apart: it stands on the weight's output and divides by its size."""
    return norm.kind != "none" and norm.kind != "frozen_batch" and norm.placement == "before_activation"
