"""On a real GPU, where there is one; no machine of the project's tests has one, so these may be skipped there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from normscope.core.events import ManifestEvent
from normscope.core.spec import Adam, BatchNorm, CnnSpec, EarlyStoppingSpec, NoisyBatchNorm, NoNorm, RunSpec
from normscope.training import checkpoint
from normscope.training.checkpoint import Again
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, arms, small, toy
from tests.training.resuming import Folder

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def spec_of(device: str, **changes: Any) -> RunSpec:
    fields: dict[str, Any] = {
        "model": CnnSpec(convolutions=(4, "pool", 4)),
        "arms": arms(NoNorm(), BatchNorm()),
        "optimizer": Adam(),
        "steps": 40,
        "device": device,
    }
    return small(**{**fields, **changes})


def trained(spec: RunSpec, keeper: Any = None, again: Again | None = None) -> Memory:
    memory = Memory()
    train(spec, toy(features=64), sink=memory, control=Calm(), keeper=keeper, again=again)
    return memory


def test_a_run_says_the_same_as_on_the_cpu() -> None:
    cpu, cuda = (trained(spec_of(device)) for device in ("cpu", "cuda"))
    one, two = cpu.points, cuda.points
    np.testing.assert_array_equal(one.series, two.series)
    np.testing.assert_array_equal(one.step, two.step)
    first = (one.step == 1) & (one.series != 0)
    np.testing.assert_allclose(one.value[first], two.value[first], rtol=1e-4, atol=1e-5)
    certificates = [event.fairness for event in (*cpu.events, *cuda.events) if isinstance(event, ManifestEvent)]
    assert [each["device"]["taken"] for each in certificates] == ["cpu", "cuda"]
    assert certificates[0]["seeds"] == certificates[1]["seeds"]


def test_no_step_waits_for_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    from normscope.training.loop import Loop

    plain = Loop._step

    def strict(loop: Loop, step: int) -> None:
        torch.cuda.set_sync_debug_mode("error" if step > 1 else "default")  # the first step sets up libraries
        try:
            plain(loop, step)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(Loop, "_step", strict)
    norms = arms(NoNorm(), BatchNorm(), NoisyBatchNorm())
    trained(spec_of("cuda", arms=norms, dropout=0.2, clip_norm=1.0, steps=30, evaluate_every=1000))


@pytest.mark.parametrize(("begins", "ends"), [("cuda", "cpu"), ("cpu", "cuda"), ("cuda", "cuda")])
def test_a_checkpoint_loads_on_another_device(tmp_path: Any, begins: str, ends: str) -> None:
    changes: dict[str, Any] = {"dropout": 0.2, "checkpoint_every": 20, "early_stopping": EarlyStoppingSpec(patience=50)}
    kept = Folder(tmp_path)
    trained(spec_of(begins, **changes), kept)
    memory = trained(spec_of(ends, **changes), Folder(tmp_path), Again(2, checkpoint.load(tmp_path / "20.pt")))
    assert memory.points.step.max() == 40
