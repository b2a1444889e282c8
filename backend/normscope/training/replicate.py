"""A replicate: one arm with one seed, its network, its optimizer, and what was last seen of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from normscope.core.record import Metric, ReplicateState
from normscope.core.spec import RunSpec
from normscope.training.generators import generator
from normscope.training.initialisation import initialise
from normscope.training.models import Network, build_model
from normscope.training.optimizers import build_optimizer


@dataclass(eq=False)
class Replicate:
    """One of the networks that step together."""

    index: int
    arm: int
    seed: int
    first_seed: bool
    """Its vectors are kept."""
    model: Network
    optimizer: torch.optim.Optimizer
    dropout: torch.Generator
    state: ReplicateState = "running"
    metrics: dict[Metric, float] = field(default_factory=dict)
    """The last ones."""
    seconds: float = 0.0
    """Spent in forward, backward and step."""

    def __post_init__(self) -> None:
        self._parameters = list(self.model.parameters())

    def forget_gradients(self) -> None:
        """What ``optimizer.zero_grad()`` does, without its bookkeeping."""
        for parameter in self._parameters:
            parameter.grad = None


def build_replicates(spec: RunSpec, features: int, classes: int) -> list[Replicate]:
    """All replicates, arm by arm, seed by seed: the order of the manifest's series."""
    replicates: list[Replicate] = []
    for arm_index, arm in enumerate(spec.arms):
        for seed_index, seed in enumerate(spec.seeds):
            dropout, noise = (generator(seed, f"{purpose} {arm_index}") for purpose in ("dropout", "noise"))
            model = build_model(spec, arm, features, classes, dropout, noise)
            initialise(model, spec.arm_initialisation(arm), seed)
            optimizer = build_optimizer(spec.arm_optimizer(arm), model.parameters())
            replicates.append(Replicate(len(replicates), arm_index, seed, seed_index == 0, model, optimizer, dropout))
    return replicates
