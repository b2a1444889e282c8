"""Random small networks for the instruments' tests: every model, norm, placement, activation and optimizer."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    FrozenBatchNorm,
    GhostBatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    MlpSpec,
    ModelSpec,
    Momentum,
    NoisyBatchNorm,
    NoNorm,
    NormSpec,
    OptimizerSpec,
    ProbeSpec,
    ResNetSpec,
    RmsNorm,
    RunSpec,
    Sgd,
)
from normscope.training.replicate import Replicate, build_replicates

CLASSES = 4
MODELS: tuple[ModelSpec, ...] = (
    MlpSpec(hidden=(6,)),
    MlpSpec(hidden=(4, 8, 6)),
    CnnSpec(convolutions=(6, "pool", 4), hidden=(8,), head="flatten"),
    CnnSpec(convolutions=(2, 6, "pool", 4), kernel_size=5),
    ResNetSpec(depth=8, width=2),
    ResNetSpec(depth=18, width=2),
)
PLACED: tuple[type[NormSpec], ...] = (BatchNorm, LayerNorm, RmsNorm, NoisyBatchNorm, FrozenBatchNorm, InstanceNorm)
NORMS: tuple[NormSpec, ...] = (
    NoNorm(),
    *(
        norm
        for placement in ("before_activation", "after_activation")
        for norm in (
            *(kind(placement=placement) for kind in PLACED),
            GroupNorm(groups=2, eps=1e-2, placement=placement),
            GhostBatchNorm(ghost_size=3, placement=placement),
            BatchNorm(affine=False, placement=placement),
            BatchNorm(track_running_statistics=False, momentum=0.5, placement=placement),
        )
    ),
)
OPTIMIZERS: tuple[OptimizerSpec, ...] = (Sgd(), Momentum(weight_decay=0.1), Adam(), AdamW())


@dataclass
class Made:
    """A network that has made a forward and a backward pass, and what its norms were seen to do meanwhile."""

    spec: RunSpec
    replicate: Replicate
    loss: Tensor
    trace: list[Tensor]
    norms: list[Tensor]
    entered: list[Tensor]
    left: list[Tensor]

    @property
    def norm(self) -> NormSpec:
        """That of the only arm."""
        return self.spec.arms[0].norm


def spec_of(model: ModelSpec, norm: NormSpec, activation: str, optimizer: OptimizerSpec, rate: float) -> RunSpec:
    """One arm with dropout."""
    return RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=model.model_copy(update={"activation": activation}),
        arms=(ArmSpec(name="a", norm=norm),),
        optimizer=optimizer.model_copy(update={"learning_rate": rate}),
        dropout=0.25,
        probes=ProbeSpec(distributions_every=1, details_every=1, histogram_bins=8),
    )


SPECS = st.builds(
    spec_of,
    st.sampled_from(MODELS),
    st.sampled_from(NORMS),
    st.sampled_from(["sigmoid", "tanh", "relu", "gelu"]),
    st.sampled_from(OPTIMIZERS),
    st.sampled_from([0.1, 1e-3]),
).filter(lambda spec: not (isinstance(spec.arms[0].norm, InstanceNorm) and getattr(spec.model, "depth", 0) != 8))


def make(spec: RunSpec, seed: int, batch: int = 8, spoilt: float | None = None) -> Made:
    """Some steps, then one pass of which everything is kept; ``spoilt``: a value that stands among the inputs."""
    features = 5 if spec.model.kind == "mlp" else 64
    replicate = build_replicates(spec, features, CLASSES)[0]
    random = torch.Generator().manual_seed(seed)
    made: Made | None = None
    for step in range(3):
        x = torch.randn(batch, features, generator=random) * 3
        y = torch.randint(0, CLASSES, (batch,), generator=random)
        if step == 2 and spoilt is not None:
            x[1, 2] = spoilt
        made = Made(spec, replicate, torch.zeros(()), [], [], [], [])
        handles = [module.register_forward_hook(keep(made)) for module in normed(replicate.model)]
        made.loss = F.cross_entropy(replicate.model(x, made.trace, made.norms), y)
        for handle in handles:
            handle.remove()
        if step < 2:
            made.loss.backward()
            replicate.learn(0.1, None)
    assert made is not None
    return made


def normed(model: nn.Module) -> list[nn.Module]:
    """Every norm of a layer: what has parameters or statistics of its own and is neither weighted nor a shortcut's."""
    plain = (nn.Linear, nn.Conv2d, nn.Sequential, nn.Identity)
    return [
        module
        for name, module in model.named_modules()
        if name.split(".")[-1] == "norm" and not isinstance(module, plain) and "projection" not in name
    ]


def keep(made: Made):  # type: ignore[no-untyped-def]
    """A hook that keeps what enters and leaves a norm."""

    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        made.entered.append(inputs[0].detach().clone())
        made.left.append(output.detach().clone())

    return hook
