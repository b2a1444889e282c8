"""A fork: a new run that goes on from a checkpoint of another, with other arms or settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from normscope.core.network import plan_of
from normscope.core.norm_facts import has_scale, has_statistics, is_batch_norm
from normscope.core.redundant import makes_bias_redundant
from normscope.core.spec import MAX_ARMS, ArmSpec, Model, NormSpec, RunSpec
from normscope.errors import SpecError

InsertedNorms = Literal["fresh", "identity"]
NormChange = Literal["kept", "inserted", "identity", "folded", "replaced"]
"""Of an arm against its source: the same or one with the same state; new, gamma 1 and beta 0; new, made so that
evaluation does not change; taken out, its effect in the weights before it; another one, gamma 1 and beta 0."""

FIXED = ("dataset", "model", "redundant_bias", "batch_size", "drop_last", "seeds")
"""Fields of the spec in which a fork equals its parent: without them the parent's state means nothing."""


class ForkRequest(Model):
    """What ``POST /api/runs/{id}/fork`` is asked."""

    step: int | None = Field(None, ge=0)
    """Of a checkpoint; null: the newest."""
    spec: RunSpec
    """Of the new run; its steps count from 1."""
    sources: tuple[int, ...] = Field(strict=False, min_length=1, max_length=MAX_ARMS)
    """For each arm the index of the parent's arm it goes on from."""
    inserted_norms: InsertedNorms = "fresh"
    """What a norm starts with where its source has none."""


class Origin(Model):
    """What a fork's worker must know of the parent, which may be deleted meanwhile."""

    spec: RunSpec
    """The parent's."""
    sources: tuple[int, ...] = Field(strict=False)
    inserted_norms: InsertedNorms


def norm_change(source: NormSpec, target: NormSpec, inserted: InsertedNorms) -> NormChange:
    """What becomes of the norm when an arm goes on from ``source`` as ``target``."""
    if source.kind == target.kind or (is_batch_norm(source) and is_batch_norm(target)):
        return "kept"
    if source.kind == "none":
        return "identity" if inserted == "identity" else "inserted"
    return "folded" if target.kind == "none" else "replaced"


def fork_faults(parent: RunSpec, request: ForkRequest) -> list[SpecError]:
    """Everything that keeps ``request`` from going on from a run of ``parent``, with paths within the request."""
    spec, found = request.spec, list[SpecError]()
    for name in FIXED:
        ours, theirs = getattr(spec, name), getattr(parent, name)
        if ours != theirs:
            found.append(SpecError(f"expected the parent's {_shown(theirs)}, got {_shown(ours)}", f"spec.{name}"))
    if len(request.sources) != len(spec.arms):
        message = f"expected a source for each of the {len(spec.arms)} arms, got {len(request.sources)}"
        return [*found, SpecError(message, "sources")]
    for index, (arm, source) in enumerate(zip(spec.arms, request.sources, strict=True)):
        if not 0 <= source < len(parent.arms):
            message = f"expected an arm of the parent from 0 to {len(parent.arms) - 1}, got {source}"
            found.append(SpecError(message, f"sources.{index}"))
        elif fault := _norm_fault(spec, arm, parent.arms[source].norm, request.inserted_norms):
            found.append(SpecError(fault, f"spec.arms.{index}.norm"))
    return found


def checkpoint_step(steps: Sequence[int], wanted: int | None) -> int | None:
    """The checkpoint at ``wanted``, or the newest; None: there is none at all.

    Args:
        steps: of all checkpoints, ascending.

    Raises:
        SpecError: there are some, but none at ``wanted``; says which is the nearest below.
    """
    if not steps:
        return None
    if wanted is None or wanted in steps:
        return steps[-1] if wanted is None else wanted
    below = [step for step in steps if step < wanted]
    offer = f"the nearest below is {below[-1]}" if below else f"the first is {steps[0]}"
    known = ", ".join(str(step) for step in steps)
    raise SpecError(f"expected a step with a checkpoint ({known}), got {wanted}: {offer}", "step")


def _norm_fault(spec: RunSpec, arm: ArmSpec, source: NormSpec, inserted: InsertedNorms) -> str | None:
    target, change = arm.norm, norm_change(source, arm.norm, inserted)
    if change == "identity":
        if not (has_statistics(target) and has_scale(target)):
            return (
                "expected a norm with running statistics, gamma and beta, which alone can be inserted without effect, "
                f"got {target.kind}"
            )
        if spec.redundant_bias == "drop" and any(makes_bias_redundant(target, each) for each in plan_of(spec).normed):
            return "expected redundant biases to be kept where a norm is inserted without effect, got drop"
    if change == "folded" and source.kind != "none":
        if not has_statistics(source):
            return (
                f"expected a norm with running statistics, which alone can be folded into weights, got {source.kind}"
                " in the parent: keep it"
            )
        if source.placement != "before_activation":
            return "expected a norm before the activation, which alone can be folded into weights: keep it"
    if change == "kept" and source.kind != "none" and target.kind != "none":
        if source.placement != target.placement:
            return f"expected the placement of the parent's norm, {source.placement}, got {target.placement}"
        if target.kind == "frozen_batch" and not has_statistics(source):
            return "expected running statistics in the parent's norm, which are those that are frozen, got none"
    return None


def _shown(value: object) -> str:
    if isinstance(value, Model):
        return value.model_dump_json()
    return str(list(value) if isinstance(value, tuple) else value)
