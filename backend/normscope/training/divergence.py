"""The post-mortem of a network whose loss is not finite."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from normscope.core.events import DivergedEvent
from normscope.probes.observer import Fault, Where, places
from normscope.training.models import Network
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate

_TEXTS: dict[Where, str] = {
    "input": "the input to the activation of layer {layer} is not finite",
    "output": "the output of layer {layer} is not finite",
    "parameters": "the parameters of layer {layer} are not finite: the step before overflowed",
    "gradient": "the gradient of layer {layer} was not finite one step before, and its parameters took it over",
    "loss": "all layers are finite, but the loss is not",
}


def post_mortem(replicate: Replicate, step: int, fault: Fault, recorder: Recorder) -> DivergedEvent:
    """What went wrong at ``step``, of which the recorder's row is being written.

    Args:
        fault: the first in forward order, before the step was applied.
    """
    layer, where = fault
    if where == "parameters" and _gradient_was_infinite(recorder, replicate, layer):
        where = "gradient"
    text = _TEXTS[where].format(layer="" if layer is None else replicate.model.plan.layers[layer - 1].name)
    return DivergedEvent(
        arm=replicate.arm,
        seed=replicate.seed,
        step=step,
        layer=layer,
        where=where,
        last_finite=recorder.last_finite(replicate),
        message=f"The loss is not finite after step {step}: {text}.",
    )


def first_fault(model: Network, logits: Tensor, trace: list[Tensor]) -> Fault:
    """The first value, in forward order, that is not finite; called before the step is applied."""
    for fault, tensor in places(model.own_parameters(), trace, logits):
        if not torch.isfinite(tensor).all():
            return fault
    return None, "loss"


def _gradient_was_infinite(recorder: Recorder, replicate: Replicate, layer: int | None) -> bool:
    return recorder.step > 0 and not math.isfinite(recorder.before(replicate, f"gradient_norm@{layer}"))
