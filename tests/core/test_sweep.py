"""Sweeps: which fields, which cells, what is refused, and the largest stable learning rate against a plain search."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from pydantic import ValidationError

from normscope.core.phase import ArmCell, CellRecord, SweepState, arm_cell, eta, largest_stable, progress, sweep_state
from normscope.core.presets import preset
from normscope.core.record import ArmProgress, ReplicateCounts, RunState
from normscope.core.spec import Adam, ArmSpec, NoNorm, RunSpec, Sgd
from normscope.core.sweep import Axis, CellRefused, SweepSpec, cells, sweepable
from normscope.core.sweep_presets import SWEEP_PRESETS
from normscope.errors import SpecError


def base(**changes: Any) -> RunSpec:
    found = preset("paper-digits")
    assert found is not None
    return found.spec.model_copy(update=changes)


def sweep(*axes: tuple[str, list[Any]], spec: RunSpec | None = None) -> SweepSpec:
    document = {
        "name": "s",
        "base": (spec or base()).model_dump(mode="json"),
        "axes": [{"field": field, "values": values} for field, values in axes],
    }
    return SweepSpec.model_validate(document)


def test_fields_are_those_of_the_variant_that_is_there() -> None:
    fields = sweepable(base())
    assert fields["optimizer.learning_rate"] == "number"
    assert fields["batch_size"] == "integer"
    assert fields["model.activation"] == "choice"
    assert fields["model.hidden"] == "list"
    assert fields["initialisation.std"] == "number"
    assert "optimizer.momentum" not in fields
    assert "optimizer.weight_decay" in sweepable(base(optimizer=preset_adamw()))


def preset_adamw() -> Any:
    return RunSpec.model_validate(base().model_dump(mode="json") | {"optimizer": {"kind": "adamw"}}).optimizer


def test_what_is_measured_and_seeds_cannot_be_swept() -> None:
    fields = sweepable(base())
    assert not {field for field in fields if field.startswith(("probes", "seeds", "evaluate", "arms", "name"))}


def test_cells_are_the_product_with_the_last_axis_fastest() -> None:
    made = cells(sweep(("optimizer.learning_rate", [0.1, 1]), ("model.hidden", [[8], [8, 8], [8, 8, 8]])))
    assert [cell.values for cell in made] == list(itertools.product([0.1, 1], [(8,), (8, 8), (8, 8, 8)]))
    assert [(c.spec.optimizer.learning_rate, c.spec.model.hidden) for c in made] == [c.values for c in made]
    assert made[1].spec.name == "s: learning_rate 0.1, hidden 8-8"
    unchanged = base().model_dump(exclude={"name", "optimizer", "model"})
    assert all(cell.spec.model_dump(exclude={"name", "optimizer", "model"}) == unchanged for cell in made)


@pytest.mark.parametrize(
    ("field", "values", "path", "words"),
    [
        ("optimizer.momentum", [0.1, 0.9], "axes.0.field", "optimizer.learning_rate"),
        ("batch_size", [2, 1], "axes.0.values", "batch_size = 1"),
        ("optimizer.learning_rate", [1, -1], "axes.0.values", "optimizer.learning_rate = -1"),
        ("batch_size", [2.5, 3], "axes.0.values", "batch_size = 2.5"),
        ("model.activation", ["relu", "tan"], "axes.0.values", "tan"),
        ("model.hidden", [[8], [0]], "axes.0.values", "model.hidden = 0"),
    ],
)
def test_the_first_refused_cell_is_named_with_its_values(field: str, values: list[Any], path: str, words: str) -> None:
    with pytest.raises(SpecError, match=words) as caught:
        cells(sweep((field, values)))
    assert caught.value.path == path


def test_the_axis_at_fault_is_the_second_one() -> None:
    with pytest.raises(CellRefused) as caught:
        cells(sweep(("optimizer.learning_rate", [0.1, 1]), ("batch_size", [60, 2000])))
    assert caught.value.path == "axes.1.values"
    assert "optimizer.learning_rate = 0.1 and batch_size = 2000" in str(caught.value)


def test_a_field_that_an_arm_overrides_is_refused() -> None:
    arms = (ArmSpec(name="a", norm=NoNorm()), ArmSpec(name="b", norm=NoNorm(), optimizer=Adam()))
    with pytest.raises(SpecError, match="'b' overrides"):
        cells(sweep(("optimizer.learning_rate", [0.1, 1]), spec=base(arms=arms)))


@pytest.mark.parametrize(
    "axes",
    [
        [("batch_size", list(range(2, 403)))],
        [("batch_size", list(range(2, 23))), ("optimizer.learning_rate", [0.1 * n for n in range(1, 21)])],
        [("batch_size", [2, 2])],
        [("batch_size", [2])],
        [("batch_size", [2, 3]), ("batch_size", [4, 5])],
        [("batch_size", [2, 3]), ("steps", [4, 5]), ("dropout", [0.1, 0.2])],
        [("optimizer.learning_rate", [0.1, float("inf")])],
    ],
)
def test_sweeps_are_bounded(axes: list[tuple[str, list[Any]]]) -> None:
    with pytest.raises(ValidationError):
        sweep(*axes)


def cell(rate: float, *arms: ArmCell, state: RunState = "finished", step: int = 10) -> CellRecord:
    return CellRecord(values=(rate,), run="0" * 32, state=state, step=step, steps=10, arms=arms)


def arm(accuracy: float | None, **counts: int) -> ArmCell:
    latest = {} if accuracy is None else {"validation_accuracy": accuracy}
    found = ArmProgress(
        name="a", replicates=ReplicateCounts(**(counts or {"finished": 1})), latest=latest, parameters=1
    )
    return arm_cell(found)


def rates(values: list[float]) -> list[Axis]:
    return [Axis(field="optimizer.learning_rate", values=tuple(values))]


def test_largest_stable_against_a_plain_search() -> None:
    chance = random.Random(1)
    values = [0.1, 0.3, 1.0, 3.0, 10.0]
    for _ in range(50):
        scores = [[chance.random() for _ in range(2)] for _ in values]
        records = [cell(rate, *(arm(s) for s in row)) for rate, row in zip(values, scores, strict=True)]
        found = largest_stable(rates(values), ["a", "b"], records)
        assert found is not None
        for index, stable in enumerate(found):
            column = [row[index] for row in scores]
            assert stable.value == [r for r, s in zip(values, column, strict=True) if s >= max(column) - 0.05][-1]
            assert stable.best == max(column)
            assert [records[i].values[0] for i in stable.cells] == [stable.value]


def test_diverged_stuck_and_unfinished_networks_are_not_stable() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    records = [
        cell(1.0, arm(0.9)),
        cell(2.0, arm(0.95, diverged=1, finished=1)),
        cell(3.0, arm(0.9, stuck=1)),
        cell(4.0, arm(0.9, running=1), state="running", step=5),
    ]
    found = largest_stable(rates(values), ["a"], records)
    assert found is not None
    assert found[0].value == 1.0
    nothing = largest_stable(rates(values), ["a"], [cell(1.0, state="queued", step=0)])
    assert nothing is not None
    assert nothing[0].value is None
    assert largest_stable([Axis(field="batch_size", values=(1, 2))], ["a"], records) is None


@pytest.mark.parametrize(
    ("states", "stopped", "expected"),
    [
        (["queued", "queued"], False, "queued"),
        (["finished", "queued"], False, "running"),
        (["running", "queued"], True, "running"),
        (["finished", "interrupted"], False, "finished"),
        (["finished", "stopped"], True, "stopped"),
    ],
)
def test_the_state_follows_from_the_cells(states: list[RunState], stopped: bool, expected: SweepState) -> None:
    assert sweep_state(states, stopped=stopped) == expected


def test_progress_counts_ended_cells_as_done_and_the_rest_takes_as_long() -> None:
    records = [
        cell(1.0, state="interrupted", step=3),
        cell(2.0, state="running", step=5),
        cell(3.0, state="queued", step=0),
    ]
    assert progress(records) == 0.5
    assert eta(records, 6.0) == 6.0
    assert eta([cell(1.0)], 6.0) is None
    assert eta([cell(1.0, state="queued", step=0)], 6.0) is None


def test_an_optimizer_of_the_run_is_no_override() -> None:
    assert len(cells(sweep(("optimizer.learning_rate", [0.1, 1]), spec=base(optimizer=Sgd(learning_rate=5))))) == 2


def test_the_preset_is_a_grid_of_64_runs() -> None:
    for found in SWEEP_PRESETS:
        assert len(cells(found.spec)) == 64
        assert largest_stable(found.spec.axes, ["a"], []) is not None
