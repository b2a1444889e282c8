"""A step on a device asks it for nothing: every question that would make the host wait for a GPU fails here, on a CPU.

The loop runs with a device's probes. What would wait is seen at two places: PyTorch's dispatcher (operations whose
result, or its shape, the host must know) and the methods that hand values to Python. A tensor that is made in a step
without saying where would be made on the CPU, and is refused too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from normscope.core.spec import (
    Adam,
    AdamW,
    AugmentSpec,
    BatchNorm,
    CnnSpec,
    DataSetSpec,
    MlpSpec,
    ModelSpec,
    Momentum,
    NoNorm,
    OptimizerSpec,
    ProbeSpec,
    ResNetSpec,
    RunSpec,
    Sgd,
    ToySpec,
)
from normscope.training.loop import Loop
from normscope.training.readings import Deferred
from tests.training.helpers import ALL_NORMS, MODELS, MORE_NORMS, Calm, Memory, Slow, arms, parts_of, small

WAITS = {
    "_local_scalar_dense",
    "is_nonzero",
    "equal",
    "nonzero",
    "masked_select",
    "bincount",
    "histc",
    "_unique2",
    "unique_dim",
    "repeat_interleave",
    "_assert_async",
}
ASKS = {
    Tensor.item,
    Tensor.tolist,
    Tensor.numpy,
    Tensor.cpu,
    Tensor.__bool__,
    Tensor.__float__,
    Tensor.__int__,
    Tensor.__index__,
    Tensor.__array__,
    Tensor.__contains__,
    torch.allclose,
}
MAKES = {torch.empty, torch.zeros, torch.ones, torch.full, torch.arange, torch.tensor, torch.linspace, torch.eye}
DRAWS = {torch.rand, torch.randn, torch.randint, torch.randperm}
"""These may draw on the CPU, from a generator of their own, what is then brought to the device."""


class Waited(AssertionError):
    """The host would have waited for the device, or forgotten it."""


class _Dispatched(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        by_mask = name.startswith("index") and any(
            isinstance(each, Tensor) and each.dtype == torch.bool
            for each in (args[1] if isinstance(args[1], list | tuple) else ())
        )
        if name in WAITS or by_mask:
            raise Waited(f"{func} in a step")
        return func(*args, **(kwargs or {}))


class _Called(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        to_host = func is Tensor.to and "cpu" in args[1:] and not given.get("non_blocking")
        nowhere = func in MAKES and given.get("device") is None
        if func in ASKS or to_host or nowhere or (func in DRAWS and given.get("generator") is None):
            raise Waited(f"{getattr(func, '__name__', func)} in a step")
        return func(*args, **given)


class Watched(Loop):
    """Its steps are watched."""

    steps_watched = 0

    def _step(self, step: int) -> None:
        with _Dispatched(), _Called():
            super()._step(step)
        self.steps_watched += 1


def watched(spec: RunSpec) -> Watched:
    """The loop of ``spec`` after all its steps. No evaluation falls between them, and no row arrives."""
    loop = Watched(*parts_of(spec, Memory()), Calm(), build_readings=functools.partial(Deferred, mark=Slow))
    loop.run()
    return loop


def spec_of(**changes: Any) -> RunSpec:
    fields: dict[str, Any] = {
        "steps": 12,
        "evaluate_every": 1000,
        "seeds": (1, 2),
        "dropout": 0.2,
        "clip_norm": 1.0,
        "label_smoothing": 0.1,
        "probes": ProbeSpec(distributions_every=2),
    }
    return small(**{**fields, **changes})


@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(), Adam(), AdamW()], ids=lambda each: each.kind)
def test_a_step_with_any_optimizer(optimizer: OptimizerSpec) -> None:
    loop = watched(spec_of(optimizer=optimizer))
    assert loop.steps_watched == 12
    assert loop.recorder.step == 12


@pytest.mark.parametrize(
    "norm", [*ALL_NORMS, *MORE_NORMS], ids=lambda norm: f"{norm.kind}-{getattr(norm, 'placement', '')}"
)
def test_a_step_with_any_norm(norm: Any) -> None:
    assert watched(spec_of(arms=arms(norm), steps=4)).steps_watched == 4


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}{getattr(model, 'depth', '')}")
def test_a_step_of_any_network(model: ModelSpec, activation: str) -> None:
    chosen = model.model_copy(update={"activation": activation})
    assert watched(spec_of(model=chosen, steps=3, seeds=(1,))).steps_watched == 3


def test_a_step_with_augmented_images_and_one_with_a_boundary() -> None:
    augmented = DataSetSpec(kind="digits", train_examples=40, augment=AugmentSpec(flip=True, crop=1))
    assert watched(spec_of(dataset=augmented, model=CnnSpec(convolutions=(4,)), steps=3)).steps_watched == 3
    blobs = ToySpec(kind="blobs", examples=40)
    assert watched(spec_of(dataset=blobs, probes=ProbeSpec(boundary_every=2), steps=6)).steps_watched == 6


def test_a_step_in_which_a_network_diverges() -> None:
    spec = spec_of(
        model=MlpSpec(hidden=(8, 8), activation="relu"),
        arms=arms(NoNorm(), BatchNorm()),
        optimizer=Sgd(learning_rate=1000),
    )
    assert watched(spec).steps_watched == 12


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: x.sum().item(),
        lambda x: float(x.sum()),
        lambda x: bool(x.sum() > 0),
        lambda x: x.tolist(),
        lambda x: x.cpu(),
        lambda x: x.detach().numpy(),
        lambda x: x.to("cpu"),
        lambda x: x.nonzero(),
        lambda x: x[x > 0],
        lambda x: torch.equal(x, x),
        lambda x: torch.zeros(3),
    ],
)
def test_a_step_that_asks_is_found_out(monkeypatch: pytest.MonkeyPatch, ask: Callable[[Tensor], Any]) -> None:
    plain = torch.nn.functional.cross_entropy

    def asking(logits: Tensor, y: Tensor, **options: Any) -> Tensor:
        loss = plain(logits, y, **options)
        ask(logits)
        return loss

    monkeypatch.setattr(torch.nn.functional, "cross_entropy", asking)
    with pytest.raises(Waited):
        watched(spec_of(steps=1))


def test_resnet_with_projections() -> None:
    assert watched(spec_of(model=ResNetSpec(depth=18, width=2), steps=2, seeds=(1,))).steps_watched == 2
