"""Bounds of a spec: every number finite, every field known, every relation checked."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from normscope.core.check import check, faults
from normscope.core.spec import RunSpec
from normscope.errors import SpecError
from tests.contract.material import tiny_spec

PLAIN: dict[str, Any] = json.loads(tiny_spec().model_dump_json())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The tiny spec with another value at a dotted path."""
    spec = json.loads(json.dumps(PLAIN))
    here = spec
    *parents, last = path.split(".")
    for part in parents:
        here = here[int(part) if part.isdigit() else part]
    here[int(last) if last.isdigit() else last] = value
    return spec


NUMBERS = [
    "steps",
    "batch_size",
    "evaluate_every",
    "dropout",
    "seeds.0",
    "optimizer.learning_rate",
    "optimizer.weight_decay",
    "schedule.warmup_steps",
    "clip_norm",
    "label_smoothing",
    "initialisation.gain",
    "arms.1.norm.eps",
    "arms.1.norm.momentum",
    "probes.distributions_every",
    "probes.histogram_bins",
    "model.hidden.0",
    "dataset.train_examples",
    "dataset.label_noise",
]


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1, 10**30, "1", [], {}])
def test_no_number_is_endless_or_something_else(path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        RunSpec.model_validate(changed(path, value))


@pytest.mark.parametrize("path", ["extra", "dataset.extra", "model.extra", "arms.0.extra", "arms.1.norm.extra"])
def test_unknown_fields_are_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="extra"):
        RunSpec.model_validate(changed(path, 1))


def test_names_differ_and_are_trimmed() -> None:
    with pytest.raises(ValidationError, match="arms 1 and 2 are both 'no norm'"):
        RunSpec.model_validate(changed("arms.1.name", "  no norm "))
    with pytest.raises(ValidationError, match="at least 1 character"):
        RunSpec.model_validate(changed("arms.1.name", "   "))


@pytest.mark.parametrize(
    ("dataset", "path"),
    [
        ({"kind": "mnist", "noise": 0.1}, "noise"),
        ({"kind": "mnist", "examples": 100}, "examples"),
        ({"kind": "spirals", "train_examples": 100}, "train_examples"),
    ],
)
def test_a_data_set_knows_its_own_fields_only(dataset: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError, match="extra") as fault:
        RunSpec.model_validate(PLAIN | {"dataset": dataset})
    assert [error["loc"][-1] for error in fault.value.errors()] == [path]


@pytest.mark.parametrize("field", ["noise", "examples", "label_noise"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 1e300, "1", []])
def test_numbers_of_a_toy_set_are_bounded(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        RunSpec.model_validate(PLAIN | {"dataset": {"kind": "spirals", field: value}})


def test_a_spec_survives_being_written_and_read() -> None:
    assert RunSpec.model_validate_json(tiny_spec().model_dump_json()) == tiny_spec()
    with pytest.raises(ValidationError, match="frozen"):
        tiny_spec().steps = 1  # type: ignore[misc]


@given(st.integers(1, 256), st.lists(st.integers(1, 256), min_size=1, max_size=5))
def test_groups_divide_every_width_into_more_than_one_value(groups: int, hidden: list[int]) -> None:
    spec = RunSpec.model_validate(
        PLAIN
        | {
            "model": {"kind": "mlp", "hidden": hidden},
            "arms": [{"name": "g", "norm": {"kind": "group", "groups": groups}}],
        }
    )
    paths = [fault.path for fault in faults(spec)]
    works = all(width % groups == 0 and width > groups for width in hidden)
    assert paths == ([] if works else ["arms.0.norm.groups"])


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"batch_size": 1}, "batch_size"),
        ({"batch_size": 1198}, "batch_size"),
        ({"dataset": {"kind": "digits", "train_examples": 30}, "batch_size": 31}, "batch_size"),
        ({"dataset": {"kind": "digits", "train_examples": 1198}}, "dataset.train_examples"),
        ({"batch_size": 52, "drop_last": False}, "drop_last"),
        ({"dataset": {"kind": "spirals", "examples": 30}, "batch_size": 31}, "batch_size"),
    ],
)
def test_relations_that_no_field_knows(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(SpecError, match="expected") as fault:
        check(RunSpec.model_validate(PLAIN | changes))
    assert fault.value.path == path


@pytest.mark.parametrize(
    "changes", [{}, {"batch_size": 1197}, {"batch_size": 2}, {"batch_size": 53, "drop_last": False}]
)
def test_what_can_be_run_has_no_faults(changes: dict[str, Any]) -> None:
    assert faults(RunSpec.model_validate(PLAIN | changes)) == []
    without_batch_norm = PLAIN | {"arms": PLAIN["arms"][:1], "batch_size": 1}
    assert faults(RunSpec.model_validate(without_batch_norm)) == []


IMAGES: dict[str, Any] = {"kind": "cnn", "convolutions": [4, "pool", 4]}
RESNET: dict[str, Any] = {"kind": "resnet", "depth": 18, "width": 4}
GHOST: dict[str, Any] = {"kind": "ghost_batch", "ghost_size": 1}


def model_spec(model: dict[str, Any], norm: dict[str, Any], **changes: Any) -> RunSpec:
    return RunSpec.model_validate(PLAIN | {"model": model, "arms": [{"name": "a", "norm": norm}]} | changes)


@pytest.mark.parametrize(
    ("model", "norm", "changes", "path"),
    [
        (IMAGES | {"convolutions": [4, *["pool"] * 4]}, {"kind": "none"}, {}, "model.convolutions.4"),
        (IMAGES | {"convolutions": ["pool"]}, {"kind": "none"}, {}, "model.convolutions"),
        (IMAGES | {"convolutions": [4] * 20, "hidden": [4] * 5}, {"kind": "none"}, {}, "model.convolutions"),
        (IMAGES | {"hidden": [8]}, {"kind": "instance"}, {}, "arms.0.norm.kind"),
        (IMAGES | {"convolutions": [4, "pool", "pool", "pool", 4]}, {"kind": "instance"}, {}, "arms.0.norm.kind"),
        (RESNET, {"kind": "instance"}, {}, "arms.0.norm.kind"),
        (PLAIN["model"], {"kind": "instance"}, {}, "arms.0.norm.kind"),
        (PLAIN["model"], GHOST, {}, "arms.0.norm.ghost_size"),
        (PLAIN["model"], GHOST | {"ghost_size": 7}, {"batch_size": 20}, "arms.0.norm.ghost_size"),
        (PLAIN["model"], GHOST | {"ghost_size": 2}, {"batch_size": 6, "drop_last": False}, "arms.0.norm.ghost_size"),
        (RESNET, {"kind": "batch"}, {"batch_size": 1}, "batch_size"),
        (IMAGES | {"hidden": [8]}, {"kind": "noisy_batch"}, {"batch_size": 1}, "batch_size"),
        (IMAGES, {"kind": "group", "groups": 3}, {}, "arms.0.norm.groups"),
    ],
)
def test_networks_and_norms_that_cannot_work(
    model: dict[str, Any], norm: dict[str, Any], changes: dict[str, Any], path: str
) -> None:
    changes = {"dataset": {"kind": "digits", "train_examples": 99}, "batch_size": 10} | changes
    found = faults(model_spec(model, norm, **changes))
    assert [fault.path for fault in found] == [path]
    assert "expected" in str(found[0])
    assert "got" in str(found[0])


@pytest.mark.parametrize(
    ("model", "norm"),
    [
        (IMAGES, {"kind": "batch"}),
        (IMAGES, {"kind": "instance"}),
        (IMAGES, GHOST),
        (IMAGES, {"kind": "group", "groups": 4}),
        (PLAIN["model"], {"kind": "frozen_batch"}),
        ({"kind": "resnet", "depth": 20, "width": 4}, {"kind": "noisy_batch"}),
    ],
)
def test_positions_count_as_values_of_a_channel(model: dict[str, Any], norm: dict[str, Any]) -> None:
    assert faults(model_spec(model, norm, batch_size=1)) == []


@pytest.mark.parametrize("entry", [0, 513, 1.5, "pools", "16", True, None])
def test_an_entry_is_a_width_or_a_pool(entry: Any) -> None:
    with pytest.raises(ValidationError):
        model_spec(IMAGES | {"convolutions": [4, entry]}, {"kind": "none"})


@pytest.mark.parametrize("model", [IMAGES, RESNET])
def test_networks_for_images_want_images(model: dict[str, Any]) -> None:
    found = faults(model_spec(model, {"kind": "batch"}, dataset={"kind": "moons"}))
    assert [(fault.path, "has no images but 2 features" in str(fault)) for fault in found] == [("model.kind", True)]


def test_a_model_without_a_kind_is_a_multilayer_perceptron() -> None:
    spec = RunSpec.model_validate(PLAIN | {"model": {"hidden": [7]}})
    assert (spec.model.kind, spec.model.hidden) == ("mlp", (7,))
    with pytest.raises(ValidationError, match="rnn"):
        RunSpec.model_validate(PLAIN | {"model": {"kind": "rnn"}})
