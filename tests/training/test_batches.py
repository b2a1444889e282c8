"""Batches from one example to all: what is accepted trains to its end, and what cannot is refused beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from normscope.core.check import faults
from normscope.core.spec import RunSpec
from normscope.training.loop import train
from tests.training.helpers import Calm, Memory, toy

EXAMPLES = 40
MODELS: dict[str, dict[str, Any]] = {
    "mlp": {"kind": "mlp", "hidden": [6, 4]},
    "cnn": {"kind": "cnn", "convolutions": [4, "pool", 4], "hidden": [6]},
    "cnn to one pixel": {"kind": "cnn", "convolutions": [4, "pool", 4, "pool", 4, "pool", 4]},
    "resnet": {"kind": "resnet", "depth": 8, "width": 4},
}
NORMS: tuple[dict[str, Any], ...] = (
    {"kind": "none"},
    {"kind": "batch"},
    {"kind": "batch", "track_running_statistics": False, "affine": False},
    {"kind": "layer"},
    {"kind": "group", "groups": 2},
    {"kind": "instance"},
    {"kind": "rms"},
    {"kind": "noisy_batch"},
    {"kind": "ghost_batch", "ghost_size": 2},
    {"kind": "frozen_batch"},
)


def asked(model: str, norm: dict[str, Any], batch: int, *, drop_last: bool) -> RunSpec:
    """One network on forty digits, for an epoch."""
    return RunSpec.model_validate(
        {
            "dataset": {"kind": "digits", "train_examples": EXAMPLES},
            "model": MODELS[model],
            "arms": [{"name": "it", "norm": norm}],
            "batch_size": batch,
            "drop_last": drop_last,
            "steps": -(-EXAMPLES // batch),
            "evaluate_every": 1000,
            "probes": {"distributions_every": 1},
        }
    )


@pytest.mark.parametrize("drop_last", [True, False])
@pytest.mark.parametrize("batch", [1, 2, 13, 20, EXAMPLES])
@pytest.mark.parametrize("model", list(MODELS))
def test_whatever_is_accepted_trains_to_its_end(model: str, batch: int, drop_last: bool) -> None:
    accepted = 0
    for norm in NORMS:
        spec = asked(model, norm, batch, drop_last=drop_last)
        if faults(spec):
            continue
        sink = Memory()
        assert train(spec, toy(EXAMPLES, 64, 10), sink=sink, control=Calm()) == "finished", norm
        assert sink.emissions[-1].progress.step == spec.steps, norm
        accepted += 1
    assert accepted >= 5, "what does not look at the batch is never refused"


@pytest.mark.parametrize("kind", ["none", "layer", "group", "rms", "frozen_batch"])
@pytest.mark.parametrize("model", list(MODELS))
def test_one_example_is_enough_for_what_does_not_look_at_the_batch(model: str, kind: str) -> None:
    norm = {"kind": "group", "groups": 2} if kind == "group" else {"kind": kind}
    assert faults(asked(model, norm, 1, drop_last=True)) == []


@pytest.mark.parametrize("kind", ["batch", "noisy_batch"])
@pytest.mark.parametrize(
    ("model", "batch", "drop_last", "field"),
    [
        ("mlp", 1, True, "batch_size"),
        ("mlp", 13, False, "drop_last"),  # forty is three times thirteen and one
        ("cnn", 1, True, "batch_size"),  # its dense layer sees one value of each unit
        ("cnn to one pixel", 1, True, "batch_size"),
        ("cnn to one pixel", 13, False, "drop_last"),
    ],
)
def test_one_value_of_a_channel_has_no_variance(kind: str, model: str, batch: int, drop_last: bool, field: str) -> None:
    found = faults(asked(model, {"kind": kind}, batch, drop_last=drop_last))
    assert [fault.path for fault in found] == [field]
    assert "expected" in str(found[0])


def test_positions_count_as_values_of_a_channel() -> None:
    convolutions = {"kind": "cnn", "convolutions": [4, "pool", 4]}
    document = asked("cnn", {"kind": "batch"}, 1, drop_last=True).model_dump(mode="json")
    assert faults(RunSpec.model_validate(document | {"model": convolutions})) == []
