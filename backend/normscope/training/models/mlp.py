"""The multilayer perceptron."""

from __future__ import annotations

from typing import cast

from torch import nn

from normscope.core.network import NetworkPlan
from normscope.probes.observer import Weighted
from normscope.training.models.network import Chain, Parts, steps_of


class Mlp(Chain):
    """Hidden layers (linear, norm, activation, dropout), then a linear output layer."""

    def __init__(self, plan: NetworkPlan, parts: Parts) -> None:
        super().__init__(plan)
        layers = [parts.hidden(layer, "linear") for layer in plan.layers[:-1]]
        self.hidden = nn.ModuleList(layers)
        self.out = parts.weighted(plan.layers[-1])
        self.weighted = (*(cast(Weighted, layer["linear"]) for layer in layers), self.out)
        self.own = (*((layer,) for layer in layers), (self.out,))
        self.norms = tuple(layer["norm"] for layer in layers if "norm" in layer)
        self.arrange([*(step for layer in layers for step in steps_of(layer)), (self.out, "")])
