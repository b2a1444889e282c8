"""The multilayer perceptron, which can leave a trace of what went in and out of its activations."""

from __future__ import annotations

from itertools import pairwise

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


class Hidden(nn.Module):
    """linear, norm, activation, dropout; or linear, activation, norm, dropout.

    The linear layer keeps its bias under BatchNorm, which subtracts it again: so all arms share the same tensors, and
    the certificate says that it has no effect.
    """

    def __init__(self, spec: RunSpec, arm: ArmSpec, inputs: int, units: int, generator: torch.Generator) -> None:
        super().__init__()
        self.linear = _linear(inputs, units)
        self.norm = build_norm(arm.norm, units)
        self.norm_first = arm.norm.kind != "none" and arm.norm.placement == "before_activation"
        self.activation = ACTIVATIONS[spec.model.activation]()
        rate = spec.arm_dropout(arm)
        self.dropout = Dropout(rate, generator) if rate else None

    def forward(self, x: Tensor, trace: list[Tensor] | None = None) -> Tensor:
        """x: [batch, inputs] -> [batch, units]. ``trace`` receives the activation's input and output."""
        z: Tensor = self.linear(x)
        if self.norm is not None and self.norm_first:
            z = self.norm(z)
        a: Tensor = self.activation(z)
        if trace is not None:
            trace.append(z)
            trace.append(a)
        if self.norm is not None and not self.norm_first:
            a = self.norm(a)
        if self.dropout is not None:
            a = self.dropout(a)
        return a


class Mlp(nn.Module):
    """Hidden layers, then a linear output layer. Tensors are uninitialised until ``initialise`` draws them."""

    def __init__(self, spec: RunSpec, arm: ArmSpec, features: int, classes: int, generator: torch.Generator) -> None:
        super().__init__()
        widths = (features, *spec.model.hidden)
        self.hidden = nn.ModuleList(Hidden(spec, arm, inputs, units, generator) for inputs, units in pairwise(widths))
        self.out = _linear(widths[-1], classes)

    def forward(self, x: Tensor, trace: list[Tensor] | None = None) -> Tensor:
        """x: [batch, features] -> logits [batch, classes]. ``trace`` receives (z, a) of each hidden layer in order."""
        for layer in self.hidden:
            x = layer(x, trace)
        logits: Tensor = self.out(x)
        return logits

    def linears(self) -> list[nn.Linear]:
        """All linear layers in forward order, output layer last."""
        hidden = [layer.linear for layer in self.hidden if isinstance(layer, Hidden)]
        return [*hidden, self.out]


def _linear(inputs: int, units: int) -> nn.Linear:
    """A linear layer without the draws of PyTorch's own initialisation."""
    layer: nn.Linear = skip_init(nn.Linear, inputs, units)  # type: ignore[no-untyped-call]
    return layer
