"""The normalisations, as ``torch.nn`` has them where it has them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.spec import (
    BatchNorm,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    NoisyBatchNorm,
    NormSpec,
    RmsNorm,
)
from normscope.training.generators import set_state


def build_norm(spec: NormSpec, units: int, *, image: bool, noise: torch.Generator) -> nn.Module | None:
    """The normalisation of a layer with ``units`` units, gamma 1 and beta 0; None for the plain network.

    For x [batch, units], or with ``image`` [batch, channels, height, width]; gamma and beta belong to the channel:

    - batch, ghost, noisy, frozen: each unit over the minibatch and all positions, with the biased variance; running
      statistics (with the unbiased variance) for evaluation mode.
    - layer, rms: each example over all its units and positions (Ba et al. 2016 say: all units of the layer). This is
      GroupNorm with one group, not the norm over channels at each position of ConvNeXt.
    - group: each example and group of neighbouring channels, over its positions.
    - instance: each channel of each example, over its positions.

    Args:
        noise: what a noisy norm draws from.
    """
    match spec:
        case BatchNorm():
            kind = nn.BatchNorm2d if image else nn.BatchNorm1d
            return kind(
                units,
                eps=spec.eps,
                momentum=spec.momentum,
                affine=spec.affine,
                track_running_stats=spec.track_running_statistics,
            )
        case GhostBatchNorm():
            return GhostBatch(spec, units)
        case NoisyBatchNorm():
            return NoisyBatch(spec, units, noise)
        case FrozenBatchNorm():
            return FrozenBatch(units, spec.eps)
        case LayerNorm():
            return nn.GroupNorm(1, units, eps=spec.eps) if image else nn.LayerNorm(units, eps=spec.eps)
        case GroupNorm():
            return nn.GroupNorm(spec.groups, units, eps=spec.eps)
        case InstanceNorm():
            return nn.InstanceNorm2d(units, eps=spec.eps, affine=True)
        case RmsNorm():
            return ImageRms(units, spec.eps) if image else nn.RMSNorm(units, eps=spec.eps)
        case _:
            return None


class AnyBatchNorm(nn.BatchNorm1d):
    """BatchNorm of [batch, units] and of [batch, channels, height, width], with the state of PyTorch's own."""

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (2, 4):
            raise ValueError(f"expected 2 or 4 dimensions, got {input.dim()}")


class GhostBatch(AnyBatchNorm):
    """Hoffer et al. 2017, algorithm 1: ghost batches are normalised one after the other, each by itself.

    Each moves the running statistics with ``momentum``, in order, as if it were a minibatch of its own; the running
    variance is the unbiased one. Evaluation is BatchNorm's.
    """

    def __init__(self, spec: GhostBatchNorm, units: int) -> None:
        super().__init__(units, eps=spec.eps, momentum=spec.momentum)
        self.size = spec.ghost_size

    def forward(self, input: Tensor) -> Tensor:
        """input: [batch, units, ...]; the last ghost batch may be smaller."""
        if not self.training or len(input) <= self.size:
            return super().forward(input)
        forward = super().forward
        return torch.cat([forward(ghost) for ghost in torch.split(input, self.size)])


class NoisyBatch(AnyBatchNorm):
    """Santurkar et al. 2018, appendix A, algorithm 1: y = s * BatchNorm(x) + m, drawn anew at each step of training.

    For each unit a mean mu ~ U(-n_mu, n_mu) and a scale sigma ~ U(1, n_sigma), then for each example of that unit
    m ~ U(mu - r_mu, mu + r_mu) and s ~ N(sigma, r_sigma^2). An image's positions share m and s. Evaluation mode adds
    no noise: the paper tells of training only. The state holds the generator's, so that a run that is taken up again
    draws on where it stopped.
    """

    def __init__(self, spec: NoisyBatchNorm, units: int, generator: torch.Generator) -> None:
        super().__init__(units, eps=spec.eps, momentum=spec.momentum)
        self.spec = spec
        self.generator = generator

    def forward(self, input: Tensor) -> Tensor:
        """input: [batch, units, ...]."""
        y = super().forward(input)
        if not self.training:
            return y
        spec, draws = self.spec, self.generator
        with torch.no_grad():
            per_unit = torch.empty(2, 1, self.num_features, device=draws.device).uniform_(generator=draws)
            each = torch.empty(len(y), self.num_features, device=draws.device)
            shift = (2 * per_unit[0] - 1) * spec.mean_shift + (
                2 * each.uniform_(generator=draws) - 1
            ) * spec.mean_jitter
            factor = 1 + (spec.scale_limit - 1) * per_unit[1] + spec.scale_jitter * each.normal_(generator=draws)
            shape = (*shift.shape, *([1] * (y.dim() - 2)))
            shift, factor = shift.to(y).view(shape), factor.to(y).view(shape)
        return y * factor + shift

    def get_extra_state(self) -> Tensor:
        """The generator's state."""
        return self.generator.get_state()

    def set_extra_state(self, state: Tensor) -> None:
        """Draw on from ``state``."""
        set_state(self.generator, state)


class FrozenBatch(AnyBatchNorm):
    """gamma * (x - running mean) / sqrt(running variance + eps) + beta, in both modes; the statistics never move.

    With the state of a trained BatchNorm, this is that norm as it evaluates. From scratch (mean 0, variance 1) it only
    scales and shifts each unit.
    """

    def __init__(self, units: int, eps: float) -> None:
        super().__init__(units, eps=eps)

    def forward(self, input: Tensor) -> Tensor:
        """input: [batch, units, ...]."""
        return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)


class ImageRms(nn.Module):
    """gamma * x / sqrt(mean(x^2) + eps), the mean over all channels and positions of an example; gamma per channel."""

    def __init__(self, units: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(units))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """x: [batch, channels, height, width]."""
        scale = torch.rsqrt(x.square().mean((1, 2, 3), keepdim=True) + self.eps)
        return x * scale * self.weight.view(1, -1, 1, 1)
