"""What all networks are: layers in the order of their plan, and the parts that they are built of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.init import skip_init

from normscope.core.network import LayerPlan, NetworkPlan
from normscope.core.redundant import bias_is_kept
from normscope.core.spec import ActivationKind, ArmSpec, RunSpec
from normscope.probes.observer import Weighted
from normscope.training.dropout import Dropout
from normscope.training.norms import build_norm

ACTIVATIONS: dict[ActivationKind, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "gelu": nn.GELU,
}
Role = Literal["", "activation", "norm"]
"""What is recorded at a module: nothing, or its input and output as those of the layer's activation or norm."""


class Network(nn.Module):
    """A network whose layers are those of ``plan``, output layer last.

    Attributes:
        weighted: the convolution or linear layer of each layer, in forward order; projections on shortcuts apart.
        own: for each layer, the modules whose parameters count as its own.
        norms: the norm of each hidden layer; none at all in a plain network.
    """

    def __init__(self, plan: NetworkPlan) -> None:
        super().__init__()
        self.plan = plan
        self.weighted: tuple[Weighted, ...] = ()
        self.own: tuple[tuple[nn.Module, ...], ...] = ()
        self.norms: tuple[nn.Module, ...] = ()

    def forward(self, x: Tensor, trace: list[Tensor] | None = None, norms: list[Tensor] | None = None) -> Tensor:
        """x: [batch, features], images flat -> logits [batch, classes].

        ``trace`` receives the input and the output of each activation, [batch, units] or [batch, channels, height,
        width] each, in forward order; ``norms`` the same of each layer's norm.
        """
        raise NotImplementedError

    def own_parameters(self) -> list[list[nn.Parameter]]:
        """For each layer, all parameters that count as its own."""
        return [[p for module in modules for p in module.parameters()] for modules in self.own]


class Chain(Network):
    """A network that is one module after another."""

    def arrange(self, modules: Iterable[tuple[nn.Module, Role]]) -> None:
        """Take the modules in forward order, each with its role.

        Attribute look-ups on modules are slow: the forward pass walks a tuple instead.
        """
        self._order = tuple(modules)

    def forward(self, x: Tensor, trace: list[Tensor] | None = None, norms: list[Tensor] | None = None) -> Tensor:
        """As ``Network``'s."""
        for module, role in self._order:
            y: Tensor = module(x)
            if role:
                record(role, x, y, trace, norms)
            x = y
        return x


@dataclass(frozen=True)
class Parts:
    """Builds the parts of one arm's network, as its spec says."""

    spec: RunSpec
    arm: ArmSpec
    dropout_generator: torch.Generator
    noise_generator: torch.Generator

    def weighted(self, layer: LayerPlan) -> Weighted:
        """The convolution or linear layer, without the draws of PyTorch's own initialisation.

        A bias that the norm behind it makes useless is kept where the spec says so, so that all arms share the same
        tensors; the certificate tells.
        """
        bias = bias_is_kept(self.spec, self.arm, layer)
        if not layer.kernel:
            linear: nn.Linear = skip_init(nn.Linear, layer.inputs, layer.units, bias=bias)  # type: ignore[no-untyped-call]
            return linear
        convolution: nn.Conv2d = skip_init(  # type: ignore[no-untyped-call]
            nn.Conv2d,
            layer.inputs,
            layer.units,
            layer.kernel,
            stride=layer.stride,
            padding=layer.kernel // 2,
            bias=bias,
        )
        return convolution

    def norm(self, layer: LayerPlan) -> nn.Module | None:
        """The norm of a layer; None for the plain network."""
        return build_norm(self.arm.norm, layer.units, image=layer.kernel > 0, noise=self.noise_generator)

    @property
    def norm_first(self) -> bool:
        """Whether the norm stands before the activation."""
        return self.arm.norm.kind != "none" and self.arm.norm.placement == "before_activation"

    def dropout(self) -> nn.Module | None:
        """Dropout at the arm's rate; None where nothing is dropped."""
        rate = self.spec.arm_dropout(self.arm)
        return Dropout(rate, self.dropout_generator) if rate else None

    def hidden(self, layer: LayerPlan, name: str) -> nn.ModuleDict:
        """One hidden layer, its modules in forward order: ``name`` (linear, conv), norm and activation, dropout."""
        assert layer.activation is not None
        modules: list[tuple[str, nn.Module]] = [("activation", ACTIVATIONS[layer.activation]())]
        if (norm := self.norm(layer)) is not None:
            modules.insert(0 if self.norm_first else 1, ("norm", norm))
        if (dropout := self.dropout()) is not None:
            at = len(modules)
            if norm is not None and self.spec.dropout_placement == "before_norm":
                at = modules.index(("norm", norm))
            modules.insert(at, ("dropout", dropout))
        return nn.ModuleDict({name: self.weighted(layer), **dict(modules)})


def steps_of(layer: nn.ModuleDict) -> list[tuple[nn.Module, Role]]:
    """The modules of a hidden layer, each with its role."""
    return [(module, role_of(name)) for name, module in layer.items()]


def role_of(name: str) -> Role:
    """Of the module of a hidden layer that has this name."""
    match name:
        case "activation" | "norm":
            return name
        case _:
            return ""


def record(role: Role, x: Tensor, y: Tensor, trace: list[Tensor] | None, norms: list[Tensor] | None) -> None:
    """Put the input and the output of a module where its role says."""
    into = trace if role == "activation" else norms
    if into is not None:
        into.append(x)
        into.append(y)
