"""The fixed examples on which the costly measurements are made."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from normscope.core.network import NetworkPlan, examples_at_once
from normscope.core.spec import ArmSpec, RunSpec
from normscope.core.statistics import LANDSCAPE_EXAMPLES, PROBED_EXAMPLES, WHOLE_EXAMPLES


@dataclass(frozen=True, slots=True)
class Examples:
    """Each split's first examples, x [n, features] and y int64 [n], on the networks' device.

    Attributes:
        batch: the run's batch size, or all of the validation split where that is smaller.
        probe: of the validation split.
        landscape: of the training split; fewer where a network is so large that they would take much memory.
        whole: the same, up to 2,000.
        training: the same, always up to 2,000: they go through in minibatches.
    """

    batch: int
    probe: tuple[Tensor, Tensor]
    landscape: tuple[Tensor, Tensor]
    whole: tuple[Tensor, Tensor]
    training: tuple[Tensor, Tensor]


def fixed_examples(
    spec: RunSpec, plan: NetworkPlan, train: tuple[Tensor, Tensor], validation: tuple[Tensor, Tensor]
) -> Examples:
    """The examples of a run; every arm and every seed sees the same."""
    batch = min(spec.batch_size, len(validation[0]))
    most = examples_at_once(plan, spec.batch_size)
    return Examples(
        batch=batch,
        probe=_first(validation, max(1, min(PROBED_EXAMPLES, len(validation[0])) // batch) * batch),
        landscape=_first(train, min(LANDSCAPE_EXAMPLES, most)),
        whole=_first(train, min(WHOLE_EXAMPLES, most)),
        training=_first(train, WHOLE_EXAMPLES),
    )


def fitting(arm: ArmSpec, examples: int) -> int:
    """The most of ``examples`` that the arm's norm can normalise at once: a ghost batch must not hold one alone."""
    if arm.norm.kind != "ghost_batch" or examples <= arm.norm.ghost_size:
        return examples
    return examples - 1 if examples % arm.norm.ghost_size == 1 else examples


def _first(split: tuple[Tensor, Tensor], examples: int) -> tuple[Tensor, Tensor]:
    return split[0][:examples], split[1][:examples]
