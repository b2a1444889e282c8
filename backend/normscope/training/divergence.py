"""The post-mortem of a network whose loss is not finite."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from normscope.core.events import DivergedEvent
from normscope.training.models import Network
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate

Where = Literal["input", "output", "parameters", "gradient", "loss"]

_TEXTS: dict[Where, str] = {
    "input": "the input to the activation of layer {layer} is not finite",
    "output": "the output of layer {layer} is not finite",
    "parameters": "the parameters of layer {layer} are not finite: the step before overflowed",
    "gradient": "the gradient of layer {layer} was not finite one step before, and its parameters took it over",
    "loss": "all layers are finite, but the loss is not",
}


def post_mortem(
    replicate: Replicate, step: int, logits: Tensor, trace: list[Tensor], recorder: Recorder
) -> DivergedEvent:
    """What went wrong first, in forward order, at ``step``; called before the step is applied."""
    layer, where = _first_fault(replicate.model, logits, trace)
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


def _first_fault(model: Network, logits: Tensor, trace: list[Tensor]) -> tuple[int | None, Where]:
    seen = [*trace, logits]
    for index, modules in enumerate(model.own):
        if not all(_finite(parameter) for module in modules for parameter in module.parameters()):
            return index + 1, "parameters"
        if 2 * index < len(trace) and not _finite(seen[2 * index]):
            return index + 1, "input"
        if not _finite(seen[min(2 * index + 1, len(trace))]):
            return index + 1, "output"
    return None, "loss"


def _gradient_was_infinite(recorder: Recorder, replicate: Replicate, layer: int | None) -> bool:
    return recorder.step > 0 and not math.isfinite(recorder.before(replicate, f"gradient_norm@{layer}"))


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())
