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
def test_groups_divide_every_width(groups: int, hidden: list[int]) -> None:
    spec = RunSpec.model_validate(
        PLAIN | {"model": {"hidden": hidden}, "arms": [{"name": "g", "norm": {"kind": "group", "groups": groups}}]}
    )
    paths = [fault.path for fault in faults(spec)]
    assert paths == ([] if all(width % groups == 0 for width in hidden) else ["arms.0.norm.groups"])


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
