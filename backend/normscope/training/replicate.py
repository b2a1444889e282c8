"""A replicate: one arm with one seed, its network, its optimizer, and what was last seen of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from normscope.core.events import BestEvent
from normscope.core.record import Metric, ReplicateState
from normscope.core.schedule import learning_rate
from normscope.core.spec import RunSpec, ScheduleSpec
from normscope.probes.observer import Weighted
from normscope.training.early_stopping import EarlyStopping
from normscope.training.generators import CPU, generator, set_state
from normscope.training.initialisation import initialise
from normscope.training.lean import step_of
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
    schedule: ScheduleSpec
    learning_rate: float
    """Before the schedule's factor; a command may change it, from the next step on."""
    stopping: EarlyStopping | None = None
    state: ReplicateState = "running"
    metrics: dict[Metric, float] = field(default_factory=dict)
    """The last ones."""
    seconds: float = 0.0
    """Spent in forward, backward and step."""

    def __post_init__(self) -> None:
        self._parameters = list(self.model.parameters())
        self._step = step_of(self.optimizer)

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of ``step`` of ``steps``."""
        return learning_rate(self.learning_rate, self.schedule, step, steps)

    def learn(self, rate: float, clip_norm: float | None) -> None:
        """Make a step of learning rate ``rate`` with the gradients that are there, then forget them."""
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(self._parameters, clip_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self._step()
        self.forget_gradients()

    def stop_learning_when(self, lost: Tensor) -> None:
        """Make no further step once ``lost`` is 1: decided where the tensors are, so that nobody need know it first."""
        self.optimizer.found_inf = lost  # type: ignore[attr-defined]

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything that later steps depend on, and of what was last seen."""
        return {
            "model": _copy(self.model.state_dict()),
            "optimizer": _copy(self.optimizer.state_dict()),
            "generators": {name: each.get_state() for name, each in self.generators().items()},
            "learning_rate": self.learning_rate,
            "stopping": None if self.stopping is None else self.stopping.state(),
            "state": self.state,
            "metrics": dict(self.metrics),
            "seconds": self.seconds,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for name, each in self.generators().items():
            set_state(each, state["generators"][name])
        self.learning_rate = state["learning_rate"]
        if self.stopping is not None and state.get("stopping") is not None:
            self.stopping.load_state(state["stopping"])
        self.state, self.metrics, self.seconds = state["state"], dict(state["metrics"]), state["seconds"]

    def evaluated(self, step: int) -> BestEvent | None:
        """Its validation metrics are those after ``step``; the news where they are the best so far."""
        stopping = self.stopping
        if stopping is None:
            return None
        stopping.evaluated(step, self.metrics, self.model)
        if stopping.best_step != step:
            return None
        return BestEvent(arm=self.arm, seed=self.seed, step=step, metric=stopping.spec.metric, value=stopping.best)

    def to_test(self) -> Network:
        """The network that is tested: a copy with the best weights where these are to be restored.

        A copy, because the run may be paused, and extended, during the test.
        """
        if self.stopping is None or not self.stopping.spec.restore_best:
            return self.model
        model = copy.deepcopy(self.model)
        self.stopping.restore(model)
        return model

    def restore_best(self) -> None:
        """It made its last step: the best weights come back, where they are to."""
        if self.stopping is not None:
            self.stopping.restore(self.model)

    def generators(self) -> dict[str, torch.Generator]:
        """Every random stream of the network, by the module and the attribute that hold it."""
        return {
            f"{name}.{attribute}": value
            for name, module in self.model.named_modules()
            for attribute, value in vars(module).items()
            if isinstance(value, torch.Generator)
        }

    def forget_gradients(self) -> None:
        """What ``optimizer.zero_grad()`` does, without its bookkeeping."""
        for parameter in self._parameters:
            parameter.grad = None


def _copy(value: Any) -> Any:
    """Dictionaries, lists and tensors anew; a half to a third of what ``copy.deepcopy`` takes."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copy(each) for each in value]
    return value


def build_replicates(spec: RunSpec, features: int, classes: int, device: torch.device = CPU) -> list[Replicate]:
    """All replicates, arm by arm, seed by seed: the order of the manifest's series.

    Initial tensors are drawn on the CPU and moved to ``device``: they are the same everywhere.
    """
    replicates: list[Replicate] = []
    for arm_index, arm in enumerate(spec.arms):
        for seed_index, seed in enumerate(spec.seeds):
            dropout, noise = (generator(seed, f"{what} {arm_index}", device) for what in ("dropout", "noise"))
            model = build_model(spec, arm, features, classes, dropout, noise)
            initialise(model, spec.arm_initialisation(arm), seed)
            model.to(device)
            chosen = spec.arm_optimizer(arm)
            optimizer = build_optimizer(chosen, *_parameters(model))
            replicates.append(
                Replicate(
                    len(replicates),
                    arm_index,
                    seed,
                    seed_index == 0,
                    model,
                    optimizer,
                    spec.arm_schedule(arm),
                    chosen.learning_rate,
                    EarlyStopping(spec.early_stopping) if spec.early_stopping is not None else None,
                )
            )
    return replicates


def _parameters(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Parameters of weighted layers, and those of norms: every other module with parameters of its own."""
    norms = [p for m in model.modules() if not isinstance(m, Weighted) for p in m.parameters(recurse=False)]
    own = {id(p) for p in norms}
    return [p for p in model.parameters() if id(p) not in own], norms
