"""The plain convolutional network."""

from __future__ import annotations

from typing import cast

from torch import nn

from normscope.core.network import NetworkPlan
from normscope.core.spec import CnnSpec
from normscope.probes.observer import Weighted
from normscope.training.models.network import Chain, Parts, Role, steps_of


class Cnn(Chain):
    """Convolutions (convolution, norm, activation, dropout) and 2 x 2 max pools, the head, dense layers, the output."""

    def __init__(self, plan: NetworkPlan, parts: Parts, model: CnnSpec) -> None:
        super().__init__(plan)
        hidden = plan.layers[:-1]
        count = sum(entry != "pool" for entry in model.convolutions)
        convolutions = [parts.hidden(layer, "conv") for layer in hidden[:count]]
        dense = [parts.hidden(layer, "linear") for layer in hidden[count:]]
        self.convolutions = nn.ModuleList(convolutions)
        self.hidden = nn.ModuleList(dense)
        self.out = parts.weighted(plan.layers[-1])
        self.weighted = (
            *(cast(Weighted, layer["conv"]) for layer in convolutions),
            *(cast(Weighted, layer["linear"]) for layer in dense),
            self.out,
        )
        self.own = (*((layer,) for layer in (*convolutions, *dense)), (self.out,))
        self.norms = tuple(layer["norm"] for layer in (*convolutions, *dense) if "norm" in layer)
        order: list[tuple[nn.Module, Role]] = [(nn.Unflatten(1, plan.shape), "")]
        following = iter(convolutions)
        for entry in model.convolutions:
            order += [(nn.MaxPool2d(2), "")] if entry == "pool" else steps_of(next(following))
        if model.head == "average":
            order.append((nn.AdaptiveAvgPool2d(1), ""))
        order.append((nn.Flatten(), ""))
        for layer in dense:
            order += steps_of(layer)
        self.arrange([*order, (self.out, "")])
