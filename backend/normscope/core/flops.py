"""Floating-point operations of a training step, counted from the plan of the network."""

from __future__ import annotations

from normscope.core.network import plan_of
from normscope.core.spec import ArmSpec, RunSpec

NORM_OPERATIONS = 15
"""Of a norm, for each value: about 5 forward (mean, variance, normalise, scale, shift) and twice as many backward."""
ACTIVATION_OPERATIONS = 3
"""Of an activation, for each value, forward and backward."""


def flops_per_step(spec: RunSpec, arm: ArmSpec, classes: int, train_examples: int) -> float:
    """Of one network of ``arm``, forward, backward and norms, for a whole minibatch; the update itself is left out.

    A weight costs two operations for each example and position forward, and four backward (one product for its own
    gradient, one for that of its input); the first layer's input needs none.
    """
    plan = plan_of(spec, classes)
    batch = min(spec.batch_size, train_examples)
    total = 0.0
    for index, layer in enumerate((*plan.layers, *plan.projections)):
        total += 2.0 * layer.weights * layer.positions * (3 if index else 2)
        if layer.activation is not None:
            values = layer.units * layer.positions
            total += values * (ACTIVATION_OPERATIONS + (0 if arm.norm.kind == "none" else NORM_OPERATIONS))
    return batch * total
