"""The post-mortem names the place where a number first was not finite."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from normscope.core.events import DivergedEvent
from normscope.core.spec import BatchNorm, MlpSpec
from normscope.training.divergence import first_fault, post_mortem
from normscope.training.loop import Loop
from normscope.training.recorder import Recorder
from normscope.training.replicate import Replicate
from tests.training.helpers import Calm, Memory, arms, parts_of, small

SPEC = small(arms=arms(BatchNorm()), model=MlpSpec(hidden=(6, 4), activation="relu"))


def prepared() -> tuple[Replicate, Recorder]:
    _, _, (replicate,), _, recorder = parts_of(SPEC, Memory())
    return replicate, recorder


def forward(replicate: Replicate, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    trace: list[Tensor] = []
    return replicate.model(x, trace), trace


@pytest.mark.parametrize(("name", "layer"), [("hidden.0.linear.weight", 1), ("hidden.1.norm.bias", 2), ("out.bias", 3)])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_parameters_are_named_first(name: str, layer: int, value: float) -> None:
    replicate, recorder = prepared()
    with torch.no_grad():
        replicate.model.get_parameter(name).view(-1)[0] = value
    event = post_mortem(replicate, 7, first_fault(replicate.model, *forward(replicate, torch.randn(8, 5))), recorder)
    assert (event.layer, event.where, event.step) == (layer, "parameters", 7)
    assert f"layer {'out' if layer == 3 else layer}" in event.message


def test_an_activation_input_that_overflows_is_named() -> None:
    replicate, recorder = prepared()
    logits, trace = forward(replicate, torch.randn(8, 5))
    trace[2] = torch.full((8, 4), math.inf)
    assert post_mortem(replicate, 1, first_fault(replicate.model, logits, trace), recorder).where == "input"
    trace[1] = torch.full((8, 6), math.nan)
    event = post_mortem(replicate, 1, first_fault(replicate.model, logits, trace), recorder)
    assert (event.layer, event.where) == (1, "output")


def test_logits_and_the_loss_itself() -> None:
    replicate, recorder = prepared()
    logits, trace = forward(replicate, torch.randn(8, 5))
    assert post_mortem(replicate, 1, first_fault(replicate.model, logits * math.inf, trace), recorder).layer == 3
    event = post_mortem(replicate, 1, first_fault(replicate.model, logits, trace), recorder)
    assert (event.layer, event.where) == (None, "loss")


def test_a_gradient_that_overflowed_a_step_before_is_the_culprit(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    loop = Loop(*parts_of(SPEC, memory), Calm())
    plain = F.cross_entropy
    calls = 0

    def poisoned(logits: Tensor, y: Tensor, **options: str) -> Tensor:
        nonlocal calls
        calls += 1
        loss = plain(logits, y, **options)
        # finite forward, infinite backward: the third step's gradients overflow
        return loss + (logits.sum() * 0.0).sqrt() * 1e-30 if calls == 3 else loss

    monkeypatch.setattr(F, "cross_entropy", poisoned)
    loop.run()
    (event,) = [event for event in memory.events if isinstance(event, DivergedEvent)]
    assert (event.step, event.where, event.layer) == (4, "gradient", 1)
    assert event.last_finite["train_loss"] > 0
