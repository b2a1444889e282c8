"""Where a norm would have nothing to normalise: one value alone has no variance."""

from __future__ import annotations

from normscope.core.network import LayerPlan, NetworkPlan
from normscope.core.norm_facts import is_over_minibatch
from normscope.core.spec import ArmSpec, RunSpec
from normscope.errors import SpecError


def norm_faults(spec: RunSpec, plan: NetworkPlan, examples: int) -> list[SpecError]:
    """Every norm that cannot work in ``plan`` on ``examples`` training examples."""
    layers = (*plan.normed, *plan.projections)
    found = _batch_faults(spec, layers, examples)
    for index, arm in enumerate(spec.arms):
        fault = _arm_fault(arm, f"arms.{index}.norm", layers)
        if fault is not None:
            found.append(fault)
    return found


def _arm_fault(arm: ArmSpec, path: str, layers: tuple[LayerPlan, ...]) -> SpecError | None:
    """Norms over one example: the first layer that has too few values for them."""
    for layer in layers:
        if arm.norm.kind == "group":
            if layer.units % arm.norm.groups:
                message = (
                    f"expected a divisor of every hidden width, got {arm.norm.groups} for a width of {layer.units}"
                )
                return SpecError(message, f"{path}.groups")
            if layer.units * layer.positions == arm.norm.groups:
                message = (
                    f"expected groups of at least 2 values, since one alone is always 0 when normalised, "
                    f"got {arm.norm.groups} groups of 1 in layer {layer.name}"
                )
                return SpecError(message, f"{path}.groups")
        if arm.norm.kind == "instance" and layer.positions == 1:
            message = (
                "expected a norm other than 'instance', which normalises each channel over its positions, "
                f"got layer {layer.name} with one value for each channel"
            )
            return SpecError(message, f"{path}.kind")
    return None


def _batch_faults(spec: RunSpec, layers: tuple[LayerPlan, ...], examples: int) -> list[SpecError]:
    """Norms over the minibatch need two values of each unit, positions counted."""
    found: list[SpecError] = []
    arms = [arm for arm in spec.arms if is_over_minibatch(arm.norm)]
    fewest = min(layer.positions for layer in layers)
    lonely = arms and fewest == 1
    if lonely and spec.batch_size == 1:
        message = f"expected at least 2, since '{arms[0].name}' normalises over the minibatch, got 1"
        found.append(SpecError(message, "batch_size"))
    rest = 0 if spec.drop_last else examples % spec.batch_size
    if lonely and spec.batch_size > 1 and rest == 1:
        message = (
            f"expected true, since the last minibatch of an epoch would hold one example ({examples:,} = "
            f"n x {spec.batch_size} + 1) and '{arms[0].name}' normalises over the minibatch, got false"
        )
        found.append(SpecError(message, "drop_last"))
    for index, arm in enumerate(spec.arms):
        if arm.norm.kind != "ghost_batch":
            continue
        size, path = arm.norm.ghost_size, f"arms.{index}.norm.ghost_size"
        if spec.batch_size % size:
            found.append(SpecError(f"expected a divisor of the batch size, {spec.batch_size:,}, got {size:,}", path))
        elif fewest == 1 and size == 1 and spec.batch_size > 1:
            message = "expected at least 2, since one value alone has no variance, got 1"
            found.append(SpecError(message, path))
        elif fewest == 1 and rest > 1 and rest % size == 1:
            message = (
                f"expected no ghost batch of one example, got one at the end of each epoch, whose last minibatch "
                f"holds {rest:,}: leave it out (whole batches only) or choose another size"
            )
            found.append(SpecError(message, path))
    return found
