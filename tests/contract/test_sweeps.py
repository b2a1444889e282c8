"""What every store promises of sweeps: cells are runs, behind all others; stopped and deleted as one."""

from __future__ import annotations

import pytest

from normscope.core.phase import SweepRecord
from normscope.core.record import ArmProgress, Progress, ReplicateCounts
from normscope.core.sweep import SweepSpec, cells
from normscope.errors import CommandRefused, RunNotFound, SweepNotFound
from normscope.storage.store import Store
from tests.contract.material import HOLDER, manifest_message, sweep_spec, tiny_spec


def created(store: Store, spec: SweepSpec | None = None) -> SweepRecord:
    wanted = spec or sweep_spec()
    return store.create_sweep(wanted, [(cell, 1.0) for cell in cells(wanted)])


def work(store: Store, run: str, accuracy: float) -> None:
    """Execute a run in a moment."""
    lease = store.acquire(run, HOLDER)
    arm = ArmProgress(
        name="a", replicates=ReplicateCounts(finished=1), latest={"validation_accuracy": accuracy}, final={}
    )
    store.append(lease, [manifest_message()], tail=None, progress=Progress(step=200, arms=(arm, arm)))
    store.set_state(lease, "finished")


def test_a_sweep_is_kept_with_all_its_cells(store: Store) -> None:
    spec = sweep_spec()
    sweep = created(store, spec)
    assert sweep == store.sweep(sweep.id)
    assert (sweep.spec, sweep.name, sweep.state, sweep.count) == (spec, "grid", "queued", 6)
    assert [cell.values for cell in sweep.cells] == spec.grid()
    assert {cell.state for cell in sweep.cells} == {"queued"}
    for cell, wanted in zip(sweep.cells, cells(spec), strict=True):
        assert cell.run is not None
        record = store.get(cell.run)
        assert record.spec == wanted.spec
        assert record.sweep == sweep.id
    assert [store.get(cell.run or "").cell for cell in sweep.cells] == list(range(6))


def test_cells_are_listed_only_when_asked_for(empty_store: Store) -> None:
    single = empty_store.create(tiny_spec("single"), estimated_seconds=1.0)
    sweep = created(empty_store)
    assert [record.id for record in empty_store.list()] == [single.id]
    assert [r.id for r in empty_store.list(sweep=sweep.id)] == [cell.run for cell in sweep.cells]
    assert [found.id for found in empty_store.sweeps()] == [sweep.id]
    assert empty_store.open_count() == 2


def test_cells_wait_behind_single_runs(empty_store: Store) -> None:
    sweep = created(empty_store)
    assert empty_store.queued() == sweep.cells[0].run
    single = empty_store.create(tiny_spec("single"), estimated_seconds=1.0)
    assert empty_store.queued() == single.id
    assert empty_store.claim_cell(workers=2) is None
    work(empty_store, single.id, 0.5)
    assert empty_store.claim_cell(workers=2) == sweep.cells[0].run
    assert empty_store.claim_cell(workers=2) == sweep.cells[1].run
    assert empty_store.claim_cell(workers=2) is None, "as many train as may"
    assert empty_store.claim_cell(workers=3) == sweep.cells[2].run


def test_progress_and_the_largest_stable_rate_follow_the_cells(empty_store: Store) -> None:
    sweep = created(empty_store)
    scores = [0.9, 0.5, 0.5, 0.87, 0.5, 0.5]
    for done, (cell, score) in enumerate(zip(sweep.cells, scores, strict=True), start=1):
        assert cell.run is not None
        work(empty_store, cell.run, score)
        now = empty_store.sweep(sweep.id)
        assert now.progress == pytest.approx(done / 6)
        assert (now.ended, now.state) == (done, "finished" if done == 6 else "running")
        assert now.cells[done - 1].arms[0].validation_accuracy == score
    assert now.largest_stable is not None
    assert [(stable.value, stable.cells) for stable in now.largest_stable] == [(1.0, (3,))] * 2
    assert now.version > sweep.version
    listed = empty_store.sweeps()[0]
    assert (listed.state, listed.ended, listed.progress) == ("finished", 6, 1.0)
    assert listed.ended_at is not None
    assert empty_store.claim_cell(workers=2) is None


def test_stop_ends_what_waits_and_asks_what_trains(empty_store: Store) -> None:
    sweep = created(empty_store)
    assert sweep.cells[0].run is not None
    lease = empty_store.acquire(sweep.cells[0].run, HOLDER)
    with pytest.raises(CommandRefused, match="not ended"):
        empty_store.delete_sweep(sweep.id)
    empty_store.stop_sweep(sweep.id)
    stopped = empty_store.sweep(sweep.id)
    assert [cell.state for cell in stopped.cells] == ["starting"] + ["stopped"] * 5
    assert [command.kind for command in empty_store.commands(lease)] == ["stop"]
    assert stopped.state == "running"
    empty_store.set_state(lease, "stopped")
    assert empty_store.sweep(sweep.id).state == "stopped"
    with pytest.raises(CommandRefused, match="all cells have ended"):
        empty_store.stop_sweep(sweep.id)
    empty_store.delete_sweep(sweep.id)
    with pytest.raises(SweepNotFound):
        empty_store.sweep(sweep.id)
    with pytest.raises(RunNotFound):
        empty_store.get(sweep.cells[0].run)


def test_a_deleted_cell_leaves_its_place_empty(store: Store) -> None:
    sweep = created(store)
    store.stop_sweep(sweep.id)
    assert sweep.cells[2].run is not None
    store.delete(sweep.cells[2].run)
    left = store.sweep(sweep.id)
    assert [cell.run is None for cell in left.cells] == [False, False, True, False, False, False]
    assert left.state == "stopped"


def test_an_unknown_sweep_is_named(store: Store) -> None:
    for ask in (store.sweep, store.stop_sweep, store.delete_sweep):
        with pytest.raises(SweepNotFound, match="'nobody'"):
            ask("nobody")
