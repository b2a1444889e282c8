"""What each kind of norm has and does: one place for manifest, certificate and probes."""

from __future__ import annotations

from normscope.core.spec import BatchNorm, GhostBatchNorm, NoisyBatchNorm, NormSpec, RmsNorm


def has_scale(norm: NormSpec) -> bool:
    """Whether it learns gamma."""
    return norm.kind != "none" and not (isinstance(norm, BatchNorm) and not norm.affine)


def has_shift(norm: NormSpec) -> bool:
    """Whether it learns beta."""
    return has_scale(norm) and not isinstance(norm, RmsNorm)


def has_running_statistics(norm: NormSpec) -> bool:
    """Whether it keeps averages for evaluation mode that move while it trains."""
    return isinstance(norm, GhostBatchNorm | NoisyBatchNorm) or (
        isinstance(norm, BatchNorm) and norm.track_running_statistics
    )


def is_scale_invariant(norm: NormSpec) -> bool:
    """Whether norm(aWx) = norm(Wx) for a > 0, eps apart: it stands on the weight's output and divides by its size."""
    return norm.kind != "none" and norm.kind != "frozen_batch" and norm.placement == "before_activation"
