"""What a well-formed spec must also satisfy: relations between fields that no single field's bounds can state."""

from __future__ import annotations

from normscope.core.catalog import DATASETS
from normscope.core.network import plan_of
from normscope.core.norm_check import norm_faults
from normscope.core.spec import DataSetSpec, RunSpec, ToySpec
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
    if isinstance(spec.dataset, DataSetSpec) and spec.dataset.augment.crop >= min(facts.shape[1:]):
        size = min(facts.shape[1:])
        message = f"expected less than {size}, the size of the images of {facts.title}, got {spec.dataset.augment.crop}"
        found.append(SpecError(message, "dataset.augment.crop"))
    examples = train_examples(spec)
    if spec.batch_size > examples:
        message = f"expected at most {examples:,}, the training examples of the run, got {spec.batch_size:,}"
        found.append(SpecError(message, "batch_size"))
    try:
        plan = plan_of(spec)
    except SpecError as fault:
        return [*found, fault]
    return [*found, *norm_faults(spec, plan, examples)]


def check(spec: RunSpec) -> None:
    """Raises:
    SpecError: ``spec`` cannot be run; the first of its faults.
    """
    for fault in faults(spec):
        raise fault
