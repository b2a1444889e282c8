"""Residual networks for small images, He et al. 2016."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.network import LayerPlan, NetworkPlan
from normscope.core.spec import ResNetSpec
from normscope.probes.observer import Weighted
from normscope.training.models.network import ACTIVATIONS, Network, Parts, record, role_of


class Block(nn.Module):
    """act(norm(conv(act(norm(conv(x))))) + shortcut(x)): the basic block of He et al. 2016, Fig. 2.

    The shortcut is x itself. Where a block halves the sides, it is every second pixel with zero channels added at the
    end (option A), or a 1 x 1 convolution with a norm (option B). With the norm after the activation, the second norm
    follows the sum's activation, and a projection has none. Dropout stands between the convolutions (Zagoruyko &
    Komodakis 2016).
    """

    def __init__(self, first: LayerPlan, second: LayerPlan, projection: LayerPlan | None, parts: Parts) -> None:
        super().__init__()
        assert first.activation is not None
        self.first = parts.hidden(first, "conv")
        self.conv = parts.weighted(second)
        norm = parts.norm(second)
        self.norm = nn.Identity() if norm is None else norm
        self._normed = norm is not None
        self.activation = ACTIVATIONS[first.activation]()
        self.projection: nn.Sequential | None = None
        if projection is not None:
            norm = parts.norm(projection) if parts.norm_first else None
            modules = [parts.weighted(projection), *([] if norm is None else [norm])]
            self.projection = nn.Sequential(*modules)
        self._norm_first = parts.norm_first
        self._stride, self._added = first.stride, second.units - first.inputs

    def forward(self, x: Tensor, trace: list[Tensor] | None = None, norms: list[Tensor] | None = None) -> Tensor:
        """x: [batch, channels, height, width] -> [batch, units, height / stride, width / stride]."""
        y = walk(self.first, x, trace, norms)
        z: Tensor = self.conv(y)
        if self._norm_first:
            z = self._second_norm(z, norms)
        z = z + self._shortcut(x)
        a: Tensor = self.activation(z)
        if trace is not None:
            trace += (z, a)
        return a if self._norm_first else self._second_norm(a, norms)

    def _second_norm(self, x: Tensor, norms: list[Tensor] | None) -> Tensor:
        y: Tensor = self.norm(x)
        if norms is not None and self._normed:
            norms += (x, y)
        return y

    def _shortcut(self, x: Tensor) -> Tensor:
        if self.projection is not None:
            projected: Tensor = self.projection(x)
            return projected
        if self._stride == 1:
            return x
        return F.pad(x[:, :, :: self._stride, :: self._stride], (0, 0, 0, 0, 0, self._added))


def walk(layer: nn.ModuleDict, x: Tensor, trace: list[Tensor] | None, norms: list[Tensor] | None) -> Tensor:
    """A hidden layer's modules one after another."""
    for name, module in layer.items():
        y: Tensor = module(x)
        if role := role_of(name):
            record(role, x, y, trace, norms)
        x = y
    return x


class ResNet(Network):
    """Stem, blocks, average over positions, output layer."""

    def __init__(self, plan: NetworkPlan, parts: Parts, model: ResNetSpec) -> None:
        super().__init__(plan)
        stem, *inner, out = plan.layers
        pairs = list(zip(inner[::2], inner[1::2], strict=True))
        projections = iter(plan.projections)
        self.stem = parts.hidden(stem, "conv")
        blocks = [
            Block(first, second, next(projections) if plan.projections and first.stride == 2 else None, parts)
            for first, second in pairs
        ]
        self.blocks = nn.ModuleList(blocks)
        self.out = parts.weighted(out)
        weighted: list[Weighted] = [self.stem["conv"]]  # type: ignore[list-item]
        own: list[tuple[nn.Module, ...]] = [(self.stem,)]
        for block in blocks:
            weighted += [block.first["conv"], block.conv]  # type: ignore[list-item]
            own += [(block.first,), (block.conv, block.norm, *([] if block.projection is None else [block.projection]))]
        self.weighted = (*weighted, self.out)
        self.own = (*own, (self.out,))
        normed = (self.stem, *(block.first for block in blocks))
        if all("norm" in layer for layer in normed):
            inner_norms = (norm for block in blocks for norm in (block.first["norm"], block.norm))
            self.norms = (self.stem["norm"], *inner_norms)

    def forward(self, x: Tensor, trace: list[Tensor] | None = None, norms: list[Tensor] | None = None) -> Tensor:
        """As ``Network``'s."""
        x = walk(self.stem, x.view(-1, *self.plan.shape), trace, norms)
        for block in self.blocks:
            x = block(x, trace, norms)
        logits: Tensor = self.out(x.mean((2, 3)))
        return logits
