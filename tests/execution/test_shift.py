"""A worker's shift: it takes cell after cell, leaves single runs to others, and ends where something went wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from normscope.core.sweep import SweepSpec, cells
from normscope.execution.shift import shift
from normscope.settings import Settings
from normscope.storage.store import Store
from tests.contract.material import tiny_spec


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, datasets_dir=tmp_path, download=False, workers=1)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with contextlib.closing(Store(settings.url)) as made:
        yield made


def sweep(store: Store, *rates: float) -> list[str]:
    """Ids of the cells of a small sweep."""
    axes = [{"field": "optimizer.learning_rate", "values": list(rates)}]
    spec = SweepSpec.model_validate({"base": tiny_spec(steps=5).model_dump(mode="json"), "axes": axes})
    record = store.create_sweep(spec, [(cell, 1.0) for cell in cells(spec)])
    return [cell.run for cell in record.cells if cell.run is not None]


def test_one_worker_executes_all_cells_in_order(settings: Settings, store: Store) -> None:
    runs = sweep(store, 0.1, 0.2, 0.3)
    begun: list[str] = []
    assert shift(settings, runs[0], begin=begun.append) == "finished"
    assert begun == runs
    assert [store.get(run).state for run in runs] == ["finished"] * 3
    sequences = [store.replay(run, 0)[0].sequence for run in runs]
    assert sequences == [1, 1, 1]


def test_a_single_run_is_not_kept_waiting_by_cells(settings: Settings, store: Store) -> None:
    runs = sweep(store, 0.1, 0.2, 0.3)
    single: list[str] = []

    def begin(run: str) -> None:
        if run == runs[1]:
            single.append(store.create(tiny_spec("single"), estimated_seconds=1.0).id)

    shift(settings, runs[0], begin=begin)
    assert [store.get(run).state for run in runs] == ["finished", "finished", "queued"]
    assert store.queued() == single[0]


def test_a_failed_cell_ends_the_shift(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = sweep(store, 0.1, 0.2)
    monkeypatch.setattr("normscope.execution.shift.work", lambda settings, run: "failed")
    assert shift(settings, runs[0]) == "failed"
    assert store.get(runs[1]).state == "queued"


def test_cells_that_were_stopped_are_passed_over(settings: Settings, store: Store) -> None:
    runs = sweep(store, 0.1, 0.2, 0.3)

    def begin(run: str) -> None:
        if run == runs[0]:
            store.command(runs[1], "stop")

    assert shift(settings, runs[0], begin=begin) == "finished"
    assert [store.get(run).state for run in runs] == ["finished", "stopped", "finished"]
