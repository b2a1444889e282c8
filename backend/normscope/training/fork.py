"""Starts the replicates of a fork from those of its parent's checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from normscope.core.fairness import ArmOrigin
from normscope.core.fork import NormChange, Origin, norm_change
from normscope.core.spec import RunSpec
from normscope.probes.moments import BatchNorm, input_moments
from normscope.training.checkpoint import State
from normscope.training.generators import CPU, set_state
from normscope.training.models import Network
from normscope.training.order import Order
from normscope.training.replicate import Replicate, build_replicates
from normscope.training.splits import DataSet

MEASURED_EXAMPLES = 10_000
"""At most so many training examples say what an inserted norm would see."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a fork begins: what it took over from its parent's record, and the parent's checkpoint."""

    origin: Origin
    state: State

    @property
    def before(self) -> int:
        """Steps that were made before the fork's first, those of its parent's parents too."""
        return int(self.state.get("before", 0) + self.state["step"])

    @property
    def pace(self) -> dict[str, Any]:
        """How often the parent measured at last."""
        found: dict[str, Any] = self.state["recorder"].get("pace", {})
        return found


def take_over(
    fork: Fork,
    spec: RunSpec,
    data: DataSet,
    replicates: list[Replicate],
    orders: dict[int, Order],
    device: torch.device = CPU,
) -> tuple[ArmOrigin, ...]:
    """Put each replicate into the state of its source's replicate of the same seed; the order of examples goes on.

    Returns:
        For each arm what was carried over; it is the same for all seeds.
    """
    origin = fork.origin
    parents = build_replicates(origin.spec, data.train.x.shape[1], data.classes, device)
    for parent, state in zip(parents, fork.state["replicates"], strict=True):
        parent.load_state_dict(state)
    for seed, order in orders.items():
        order.load_state(fork.state["orders"][seed])
    by_place = {(parent.arm, parent.seed): parent for parent in parents}
    examples = torch.from_numpy(data.train.x[:MEASURED_EXAMPLES]).to(device)
    told: dict[int, ArmOrigin] = {}
    for replicate in replicates:
        ours, theirs = spec.arms[replicate.arm], origin.spec.arms[origin.sources[replicate.arm]]
        source = by_place[origin.sources[replicate.arm], replicate.seed]
        change = norm_change(theirs.norm, ours.norm, origin.inserted_norms)
        carried = _parameters(replicate.model, source.model, change)
        if change == "identity":
            _insert_identities(replicate.model, examples)
        for name, generator in replicate.generators().items():
            if (state := source.generators().get(name)) is not None:
                set_state(generator, state.get_state())
        same_kind = spec.arm_optimizer(ours).kind == origin.spec.arm_optimizer(theirs).kind
        optimizer = _optimizer(replicate, source, carried if same_kind else ())
        folded = [f"{name}.{leaf}" for name, _ in _normed(source.model) for leaf in ("weight", "bias")]
        changed = tuple(folded) if change == "folded" else ()
        names = [name for name, _ in replicate.model.named_parameters()]
        told[replicate.arm] = ArmOrigin(
            source=source.arm,
            source_name=theirs.name,
            norm=change,
            carried=carried,
            changed=changed,
            new=tuple(name for name in names if name not in carried and name not in changed),
            optimizer_carried=optimizer,
        )
    return tuple(told[arm] for arm in sorted(told))


@torch.no_grad()
def _parameters(model: Network, source: Network, change: NormChange) -> tuple[str, ...]:
    """Copy parameters and buffers by name; returns the parameters that are as they were."""
    ours, theirs = model.state_dict(), source.state_dict()
    norms = tuple(f"{norm}." for _, norm in _normed(model))
    carried = []
    for name, value in ours.items():
        if name.endswith("_extra_state") or (change == "replaced" and name.startswith(norms)):
            continue
        if name in theirs:
            value.copy_(theirs[name])
            carried.append(name)
        elif name.endswith(".bias") and not name.startswith(norms):
            value.zero_()  # the source did without: its norm would have taken it back
    if change == "folded":
        folded = {each for pair in _normed(source) for each in _fold(model, source, *pair)}
        carried = [name for name in carried if name not in folded]
    for weighted, norm in _normed(model) if change == "kept" else ():
        bias, mean = theirs.get(f"{weighted}.bias"), ours.get(f"{norm}.running_mean")
        if bias is not None and mean is not None and f"{weighted}.bias" not in ours:
            mean -= bias  # the norm no longer sees it
    known = {name for name, _ in model.named_parameters()}
    return tuple(name for name in carried if name in known)


def _normed(model: Network) -> Iterator[tuple[str, str]]:
    """Names of each layer with a norm and of its norm: ``norm`` lies beside ``conv`` or ``linear``, or behind a
    projection."""
    for name, module in model.named_modules():
        if isinstance(module, nn.Identity):
            continue
        place, _, leaf = name.rpartition(".")
        if leaf == "norm":
            beside = [child for child, _ in model.get_submodule(place).named_children()]
            layer = "conv" if "conv" in beside else "linear"
            yield f"{place}.{layer}", name
        elif name.endswith("projection.1"):
            yield f"{place}.0", name


def _fold(model: Network, source: Network, weighted: str, norm: str) -> tuple[str, str]:
    """The layer of ``model`` does what layer and norm of ``source`` do in evaluation mode; returns what it changed."""
    into, layer, before = model.get_submodule(weighted), source.get_submodule(weighted), source.get_submodule(norm)
    assert isinstance(into, nn.Linear | nn.Conv2d)
    assert isinstance(layer, nn.Linear | nn.Conv2d)
    assert isinstance(before, BatchNorm)
    assert into.bias is not None
    assert before.running_mean is not None
    assert before.running_var is not None
    scale = torch.rsqrt(before.running_var.double() + before.eps)
    shift = -before.running_mean.double()
    if layer.bias is not None:
        shift += layer.bias
    shift *= scale
    if before.affine:
        scale, shift = scale * before.weight, shift * before.weight + before.bias
    into.weight.copy_(layer.weight * scale.view(-1, *[1] * (layer.weight.dim() - 1)))
    into.bias.copy_(shift)
    return f"{weighted}.weight", f"{weighted}.bias"


@torch.no_grad()
def _insert_identities(model: Network, x: Tensor) -> None:
    """Give each norm the statistics of what it sees of ``x`` [n, features], and the gamma and beta that undo them.

    While it is measured every norm lets its input through, so one pass serves all layers.
    """
    norms = [model.get_submodule(name) for _, name in _normed(model)]
    model.eval()
    found, _ = input_moments(model, norms, torch.split(x, model.plan.evaluation_batch), through=True)
    model.train()
    for norm, moments in zip(norms, found, strict=True):
        assert isinstance(norm, BatchNorm)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(moments.mean)
        norm.running_var.copy_(moments.variance)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.copy_(norm.running_mean)


def _optimizer(replicate: Replicate, source: Replicate, carried: tuple[str, ...]) -> tuple[str, ...]:
    """Copy the optimizer's state of these parameters; returns those that had one."""
    ours, theirs = dict(replicate.model.named_parameters()), dict(source.model.named_parameters())
    found = [name for name in carried if source.optimizer.state.get(theirs[name])]
    for name in found:
        state = source.optimizer.state[theirs[name]]
        copied = {key: value.clone() if isinstance(value, Tensor) else value for key, value in state.items()}
        replicate.optimizer.state[ours[name]] = copied
    return tuple(found)
