"""The norms of the arms: a function of arm and units, and the classes that ``torch.nn`` has not."""

from __future__ import annotations

from textwrap import indent

from normscope.core.script.text import function
from normscope.core.spec import (
    ArmSpec,
    BatchNorm,
    CnnSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    MlpSpec,
    NoisyBatchNorm,
    NormSpec,
    RmsNorm,
    RunningNorm,
    RunSpec,
)

GHOST = '''
class GhostBatchNorm(BASE):
    """Hoffer et al. 2017: each ghost batch by itself, one after the other."""

    def __init__(self, units, size, **settings):
        super().__init__(units, **settings)
        self.size = size

    def forward(self, x):
        if not self.training or len(x) <= self.size:
            return super().forward(x)
        normalise = super().forward
        return torch.cat([normalise(ghost) for ghost in x.split(self.size)])
'''

NOISY = '''
class NoisyBatchNorm(BASE):
    """Santurkar et al. 2018, appendix A: BatchNorm(x) scaled and shifted at random."""

    def __init__(self, units, random, noise, **settings):
        super().__init__(units, **settings)
        self.random, self.noise = random, noise

    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
        mean_shift, scale_limit, mean_jitter, scale_jitter = self.noise
        unit = torch.empty(2, 1, y.shape[1]).uniform_(generator=self.random)
        each = torch.empty(y.shape[:2])
        shift = (2 * unit[0] - 1) * mean_shift + (
            2 * each.uniform_(generator=self.random) - 1
        ) * mean_jitter
        each.normal_(generator=self.random)
        factor = 1 + (scale_limit - 1) * unit[1] + scale_jitter * each
        shape = (*y.shape[:2], *[1] * (y.dim() - 2))
        return y * factor.view(shape) + shift.view(shape)
'''

FROZEN = '''
class FrozenBatchNorm(BASE):
    """BatchNorm by the statistics it starts with, mean 0 and variance 1."""

    def forward(self, x):
        fixed = self.running_mean, self.running_var, self.weight, self.bias
        return F.batch_norm(x, *fixed, False, 0.0, self.eps)
'''

IMAGE_RMS = '''
class ImageRms(nn.Module):
    """RMSNorm of an image: over all channels and positions of an example."""

    def __init__(self, units, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(units)), eps

    def forward(self, x):
        mean = x.square().mean((1, 2, 3), keepdim=True)
        return x * torch.rsqrt(mean + self.eps) * self.weight.view(1, -1, 1, 1)
'''

BOTH = """
    def _check_input_dim(self, x):
        pass  # of convolutions as of linear layers
"""


def has_images(spec: RunSpec) -> bool:
    """Whether a norm stands behind a convolution."""
    return not isinstance(spec.model, MlpSpec)


def has_both(spec: RunSpec) -> bool:
    """Whether norms stand behind convolutions and behind linear layers."""
    return isinstance(spec.model, CnnSpec) and bool(spec.model.hidden)


def noisy(spec: RunSpec) -> bool:
    """Whether an arm's norm draws noise."""
    return any(arm.norm.kind == "noisy_batch" for arm in spec.arms)


def normed(spec: RunSpec) -> list[ArmSpec]:
    """The arms that have a norm."""
    return [arm for arm in spec.arms if arm.norm.kind != "none"]


def arguments(spec: RunSpec) -> str:
    """What ``norm`` takes besides arm and units."""
    return (", image" if has_both(spec) else "") + (", noise" if noisy(spec) else "")


def norm_parts(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """The classes that are needed, then ``norm``; nothing where no arm has one."""
    if not normed(spec):
        return []
    kinds = {arm.norm.kind for arm in spec.arms}
    base = "nn.BatchNorm2d" if has_images(spec) else "nn.BatchNorm1d"
    classes = [
        (text.replace("BASE", base).strip("\n") + (f"\n\n{BOTH.strip(chr(10))}" if has_both(spec) else ""))
        for kind, text in (("ghost_batch", GHOST), ("noisy_batch", NOISY), ("frozen_batch", FROZEN))
        if kind in kinds
    ]
    if has_images(spec) and "rms" in kinds:
        classes.append(IMAGE_RMS.strip("\n"))
    bodies = {name: _body(spec, arm.norm) for name, arm in zip(names, spec.arms, strict=True)}
    head = f"norm(arm, units{arguments(spec)})"
    doc = "The normalisation of a layer."
    if len(normed(spec)) < len(spec.arms):
        doc = "The normalisation of a layer; None for the plain network."
    return [*classes, function(head, doc, bodies, "return None")]


def _body(spec: RunSpec, norm: NormSpec) -> str:
    """The statements that return one arm's norm."""
    flat, image = (_made(norm, image=image) for image in (False, True))
    if has_both(spec) and flat != image:
        return f"if image:\n{indent(image, '    ')}\n{flat}"
    return image if has_images(spec) else flat


def _made(norm: NormSpec, *, image: bool) -> str:
    match norm:
        case BatchNorm():
            rest = "" if norm.affine else ", affine=False"
            rest += "" if norm.track_running_statistics else ", track_running_stats=False"
            return f"return nn.BatchNorm{2 if image else 1}d(units, {_running(norm)}{rest})"
        case GhostBatchNorm():
            return f"return GhostBatchNorm(units, {norm.ghost_size}, {_running(norm)})"
        case NoisyBatchNorm():
            sizes = (norm.mean_shift, norm.scale_limit, norm.mean_jitter, norm.scale_jitter)
            return f"sizes = {sizes}\nreturn NoisyBatchNorm(units, noise, sizes, {_running(norm)})"
        case FrozenBatchNorm():
            return f"return FrozenBatchNorm(units, eps={norm.eps})"
        case LayerNorm():
            kind = "nn.GroupNorm(1, units" if image else "nn.LayerNorm(units"
            return f"return {kind}, eps={norm.eps})"
        case GroupNorm():
            return f"return nn.GroupNorm({norm.groups}, units, eps={norm.eps})"
        case InstanceNorm():
            return f"return nn.InstanceNorm2d(units, eps={norm.eps}, affine=True)"
        case RmsNorm():
            return f"return {'ImageRms' if image else 'nn.RMSNorm'}(units, eps={norm.eps})"
        case _:
            return "return None"


def _running(norm: RunningNorm) -> str:
    return f"eps={norm.eps}, momentum={norm.momentum}"
