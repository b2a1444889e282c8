"""The norms of the arms: what makes one for a number of units, and the classes that ``torch.nn`` has not."""

from __future__ import annotations

from normscope.core.script.text import by_arm, call, quoted
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
    PlacedNorm,
    RmsNorm,
    RunningNorm,
    RunSpec,
)

GHOST = '''
class GhostBatchNorm(BASE):
    """Hoffer et al. 2017: each ghost batch by itself, one after the other."""

INIT    def forward(self, x):
        normalise = super().forward
        ghosts = x.split(SIZE) if self.training else [x]
        return torch.cat([normalise(ghost) for ghost in ghosts])
'''

GHOST_SIZE = """
    def __init__(self, units, size, **settings):
        super().__init__(units, **settings)
        self.size = size

"""

NOISY = '''
class NoisyBatchNorm(BASE):
    """Santurkar et al. 2018, appendix A: BatchNorm(x) scaled and shifted at random."""

INIT    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
SIZES        unit = torch.rand(2, y.shape[1], generator=self.random)
        each = torch.rand(y.shape[:2], generator=self.random)
        shift = (2 * unit[0] - 1) * MEAN_SHIFT + (2 * each - 1) * MEAN_JITTER
        each = torch.randn(y.shape[:2], generator=self.random)
        scale = 1 + (SCALE_LIMIT - 1) * unit[1] + SCALE_JITTER * each
        RETURN
'''

NOISY_SIZES = """
    def __init__(self, units, noise, **settings):
        super().__init__(units, **settings)
        self.noise = noise

"""

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


def norm_parts(spec: RunSpec) -> list[str]:
    """The classes that are needed."""
    kinds = {arm.norm.kind for arm in spec.arms}
    texts = [text for text in (_ghost(spec), _noisy(spec), FROZEN if "frozen_batch" in kinds else None) if text]
    base = "nn.BatchNorm2d" if has_images(spec) else "nn.BatchNorm1d"
    parts = [text.strip("\n").replace("BASE", base) + (BOTH.rstrip("\n") if has_both(spec) else "") for text in texts]
    return [*parts, IMAGE_RMS.strip("\n")] if has_images(spec) and "rms" in kinds else parts


def _ghost(spec: RunSpec) -> str | None:
    """Where all arms agree on the size, it stands where it is used."""
    sizes = {arm.norm.ghost_size for arm in spec.arms if arm.norm.kind == "ghost_batch"}
    if len(sizes) > 1:
        return GHOST.replace("INIT", GHOST_SIZE.lstrip("\n")).replace("SIZE", "self.size")
    return GHOST.replace("INIT", "").replace("SIZE", str(sizes.pop())) if sizes else None


def _noisy(spec: RunSpec) -> str | None:
    """As ``_ghost``."""
    sizes = {_sizes(arm.norm) for arm in spec.arms if arm.norm.kind == "noisy_batch"}
    if not sizes:
        return None
    if has_both(spec):
        scaled = (
            "shape = (*y.shape[:2], *[1] * (y.dim() - 2))\n        return y * scale.view(shape) + shift.view(shape)"
        )
    elif has_images(spec):
        scaled = "return y * scale[:, :, None, None] + shift[:, :, None, None]"
    else:
        scaled = "return y * scale + shift"
    text, names = NOISY.replace("RETURN", scaled), ("mean_shift", "scale_limit", "mean_jitter", "scale_jitter")
    if len(sizes) > 1:
        text = text.replace("INIT", NOISY_SIZES.lstrip("\n")).replace(
            "SIZES", f"        {', '.join(names)} = self.noise\n"
        )
    values = names if len(sizes) > 1 else map(repr, sizes.pop())
    for name, value in zip(names, values, strict=True):
        text = text.replace(name.upper(), value)
    return text.replace("INIT", "").replace("SIZES", "")


def _sizes(norm: NoisyBatchNorm) -> tuple[float, float, float, float]:
    return (norm.mean_shift, norm.scale_limit, norm.mean_jitter, norm.scale_jitter)


def maker(spec: RunSpec, names: tuple[str, ...], *, image: bool) -> tuple[str | None, str]:
    """A statement that chooses what makes the norm of an arm, and the norm of a layer with so many units.

    Where all arms have the same, there is nothing to choose.
    """
    made = {name: _made(spec, arm.norm, image=image) for name, arm in zip(names, spec.arms, strict=True)}
    if len(set(made.values())) == 1:
        kind, settings = made[names[0]]
        return None, f"{kind}({', '.join(settings)})"
    return by_arm("norm = ", {name: _maker(name, *each) for name, each in made.items()}, margin=4), "norm(units)"


def _maker(name: str, kind: str, settings: tuple[str, ...]) -> str:
    """A function of the number of units, broken where it stands behind the label ``name``."""
    label = f"{quoted(name)}: "
    return kind if settings == ("units",) else call(f"{label}lambda units: {kind}", settings, 9).removeprefix(label)


def _made(spec: RunSpec, norm: NormSpec, *, image: bool) -> tuple[str, tuple[str, ...]]:
    """What makes the norm of a layer with so many units, and from what; what PyTorch takes by default is not said."""
    sides = "2d" if image else "1d"
    match norm:
        case BatchNorm():
            affine = () if norm.affine else ("affine=False",)
            tracked = () if norm.track_running_statistics else ("track_running_stats=False",)
            return f"nn.BatchNorm{sides}", ("units", *_running(norm), *affine, *tracked)
        case GhostBatchNorm():
            alike = all(arm.norm.ghost_size == norm.ghost_size for arm in spec.arms if arm.norm.kind == norm.kind)
            return "GhostBatchNorm", ("units", *(() if alike else (str(norm.ghost_size),)), *_running(norm))
        case NoisyBatchNorm():
            alike = all(_sizes(arm.norm) == _sizes(norm) for arm in spec.arms if arm.norm.kind == norm.kind)
            return "NoisyBatchNorm", ("units", *(() if alike else (str(_sizes(norm)),)), *_running(norm))
        case FrozenBatchNorm():
            return "FrozenBatchNorm", ("units", *_eps(norm))
        case LayerNorm():
            return ("nn.GroupNorm", ("1", "units", *_eps(norm))) if image else ("nn.LayerNorm", ("units", *_eps(norm)))
        case GroupNorm():
            return "nn.GroupNorm", (str(norm.groups), "units", *_eps(norm))
        case InstanceNorm():
            return "nn.InstanceNorm2d", ("units", *_eps(norm), "affine=True")
        case RmsNorm():
            return "ImageRms" if image else "nn.RMSNorm", ("units", f"eps={norm.eps}")
        case _:
            return "nn.Identity", ("units",)


def _running(norm: RunningNorm) -> tuple[str, ...]:
    return (*_eps(norm), *(() if norm.momentum == 0.1 else (f"momentum={norm.momentum}",)))


def _eps(norm: PlacedNorm) -> tuple[str, ...]:
    return () if norm.eps == 1e-05 else (f"eps={norm.eps}",)
