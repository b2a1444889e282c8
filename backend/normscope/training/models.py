"""The multilayer perceptron, which can leave a trace of what went in and out of its activations."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.init import skip_init

from normscope.core.spec import ActivationKind, ArmSpec, RunSpec
from normscope.training.dropout import Dropout
from normscope.training.norms import build_norm

ACTIVATIONS: dict[ActivationKind, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "gelu": nn.GELU,
}


class Mlp(nn.Module):
    """Hidden layers (linear, norm, activation, dropout), then a linear output layer.

    Tensors of linear layers are uninitialised until ``initialise`` draws them. The linear layer keeps its bias under
    BatchNorm, which subtracts it again: so all arms share the same tensors, and the certificate says that it has no
    effect.
    """

    def __init__(self, spec: RunSpec, arm: ArmSpec, features: int, classes: int, generator: torch.Generator) -> None:
        super().__init__()
        widths = (features, *spec.model.hidden)
        layers = [_hidden(spec, arm, inputs, units, generator) for inputs, units in pairwise(widths)]
        self.hidden = nn.ModuleList(layers)
        self.out = _linear(widths[-1], classes)
        # attribute look-ups on modules are slow: the forward pass walks this tuple instead
        modules = [(name, module) for layer in layers for name, module in layer.items()]
        self._order = (*((module, name == "activation") for name, module in modules), (self.out, False))

    def forward(self, x: Tensor, trace: list[Tensor] | None = None) -> Tensor:
        """x: [batch, features] -> logits [batch, classes].

        ``trace`` receives the input and the output of each activation, [batch, units] each, in forward order.
        """
        for module, is_activation in self._order:
            y: Tensor = module(x)
            if is_activation and trace is not None:
                trace.append(x)
                trace.append(y)
            x = y
        return x

    def linears(self) -> list[nn.Linear]:
        """All linear layers in forward order, output layer last."""
        return [*(cast(nn.Linear, cast(nn.ModuleDict, layer)["linear"]) for layer in self.hidden), self.out]


def _hidden(spec: RunSpec, arm: ArmSpec, inputs: int, units: int, generator: torch.Generator) -> nn.ModuleDict:
    """One hidden layer, its modules in forward order."""
    layer = nn.ModuleDict({"linear": _linear(inputs, units)})
    norm = build_norm(arm.norm, units)
    activation = ACTIVATIONS[spec.model.activation]()
    if norm is None:
        layer["activation"] = activation
    elif arm.norm.kind != "none" and arm.norm.placement == "before_activation":
        layer["norm"] = norm
        layer["activation"] = activation
    else:
        layer["activation"] = activation
        layer["norm"] = norm
    if rate := spec.arm_dropout(arm):
        layer["dropout"] = Dropout(rate, generator)
    return layer


def _linear(inputs: int, units: int) -> nn.Linear:
    """A linear layer without the draws of PyTorch's own initialisation."""
    layer: nn.Linear = skip_init(nn.Linear, inputs, units)  # type: ignore[no-untyped-call]
    return layer
