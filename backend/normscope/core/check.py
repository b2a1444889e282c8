"""What a well-formed spec must also satisfy: relations between fields that no single field's bounds can state."""

from __future__ import annotations

from normscope.core.catalog import DATASETS
from normscope.core.spec import RunSpec, ToySpec
from normscope.errors import SpecError


def train_examples(spec: RunSpec) -> int:
    """Training examples the run uses."""
    if isinstance(spec.dataset, ToySpec):
        return spec.dataset.examples
    available = DATASETS[spec.dataset.kind].train
    return available if spec.dataset.train_examples is None else min(available, spec.dataset.train_examples)


def faults(spec: RunSpec) -> list[SpecError]:
    """Everything that keeps ``spec`` from being run, each with the path of its field; empty when it can be run."""
    found: list[SpecError] = []
    facts = DATASETS[spec.dataset.kind]
    wanted = None if isinstance(spec.dataset, ToySpec) else spec.dataset.train_examples
    if wanted is not None and wanted > facts.train:
        message = f"expected at most {facts.train:,}, the training examples of {facts.title}, got {wanted:,}"
        found.append(SpecError(message, "dataset.train_examples"))
    examples = train_examples(spec)
    if spec.batch_size > examples:
        message = f"expected at most {examples:,}, the training examples of the run, got {spec.batch_size:,}"
        found.append(SpecError(message, "batch_size"))
    found += _batch_norm_faults(spec, examples)
    for index, arm in enumerate(spec.arms):
        if arm.norm.kind == "group":
            for width in spec.model.hidden:
                if width % arm.norm.groups:
                    message = f"expected a divisor of every hidden width, got {arm.norm.groups} for a width of {width}"
                    found.append(SpecError(message, f"arms.{index}.norm.groups"))
                    break
    return found


def check(spec: RunSpec) -> None:
    """Raises:
    SpecError: ``spec`` cannot be run; the first of its faults.
    """
    for fault in faults(spec):
        raise fault


def _batch_norm_faults(spec: RunSpec, examples: int) -> list[SpecError]:
    """A batch of one example has no variance, so BatchNorm cannot train on it."""
    names = [arm.name for arm in spec.arms if arm.norm.kind == "batch"]
    if not names:
        return []
    if spec.batch_size == 1:
        return [
            SpecError(f"expected at least 2, since '{names[0]}' normalises over the minibatch, got 1", "batch_size")
        ]
    if not spec.drop_last and examples % spec.batch_size == 1:
        message = (
            f"expected true, since the last minibatch of an epoch would hold one example ({examples:,} = "
            f"n x {spec.batch_size} + 1) and '{names[0]}' normalises over the minibatch, got false"
        )
        return [SpecError(message, "drop_last")]
    return []
