"""What every store promises of trials: their runs stand behind single ones, are listed by nobody, and end as one."""

from __future__ import annotations

import pytest

from normscope.core.record import Progress
from normscope.core.trial import ExperimentKind, Judged, TrialRecord
from normscope.errors import CommandRefused, TrialNotFound
from normscope.storage.store import Store
from normscope.storage.trials import NewRun
from tests.contract.material import HOLDER, manifest_message, tiny_spec


def created(store: Store, claim: str = "speed", experiment: ExperimentKind = "main") -> TrialRecord:
    """Two runs, the second expected to take three times as long."""
    wanted = [NewRun("first", tiny_spec("first"), 1.0), NewRun("second", tiny_spec("second"), 3.0)]
    return store.create_trial(claim, experiment, (1,), wanted)


def begin(store: Store, run: str | None, *, step: int = 200, end: bool = True) -> None:
    """Execute a run in a moment, two seconds by its own clock."""
    assert run is not None
    lease = store.acquire(run, HOLDER)
    store.append(lease, [manifest_message()], tail=None, progress=Progress(step=step, elapsed_seconds=2.0))
    if end:
        store.set_state(lease, "finished")


def test_a_trial_is_kept_with_its_runs(store: Store) -> None:
    trial = created(store)
    assert trial == store.trial(trial.id)
    assert (trial.claim, trial.experiment, trial.seeds, trial.state) == ("speed", "main", (1,), "queued")
    assert [(run.name, run.seeds, run.state, run.steps) for run in trial.runs] == [
        ("first", (1,), "queued", 200),
        ("second", (1,), "queued", 200),
    ]
    for index, run in enumerate(trial.runs):
        record = store.get(run.run or "")
        assert (record.trial, record.cell, record.sweep) == (trial.id, index, None)


def test_its_runs_wait_behind_single_ones_and_are_not_listed(empty_store: Store) -> None:
    trial = created(empty_store)
    single = empty_store.create(tiny_spec("single"), estimated_seconds=1.0)
    assert empty_store.queued() == single.id
    assert empty_store.claim_cell(workers=2) is None
    begin(empty_store, single.id)
    assert [record.id for record in empty_store.list()] == [single.id]
    assert empty_store.open_count() == 1
    assert empty_store.claim_cell(workers=1) == trial.runs[0].run
    assert empty_store.claim_cell(workers=1) is None


def test_progress_is_weighted_by_what_was_expected(store: Store) -> None:
    trial = created(store)
    begin(store, trial.runs[0].run)
    found = store.trial(trial.id, workers=2)
    assert (found.state, found.progress, found.seconds, found.ended_at) == ("running", 0.25, 2.0, None)
    assert found.eta_seconds == pytest.approx(3.0 * 2.0 / 2)  # twice as slow as expected, two workers
    begin(store, trial.runs[1].run)
    found = store.trial(trial.id)
    assert (found.state, found.progress, found.eta_seconds) == ("finished", 1.0, None)
    assert found.ended_at is not None


def test_the_verdict_is_kept(store: Store) -> None:
    trial = created(store)
    judged = Judged(
        verdict="supported", reason="large_enough", effect=float("inf"), evidence={"steps": (1.0, float("nan"))}
    )
    store.keep_judgement(trial.id, judged)
    found = store.trial(trial.id).judged
    assert found is not None
    assert found.model_dump_json() == judged.model_dump_json()


def test_a_run_that_failed_or_is_gone_fails_the_trial(store: Store) -> None:
    trial = created(store)
    lease = store.acquire(trial.runs[0].run or "", HOLDER)
    store.set_state(lease, "failed", "the disk is full")
    begin(store, trial.runs[1].run)
    found = store.trial(trial.id)
    assert (found.state, found.runs[0].error) == ("failed", "the disk is full")
    other = created(store)
    begin(store, other.runs[1].run)
    store.delete(other.runs[0].run or "")
    found = store.trial(other.id)
    assert (found.state, found.runs[0].run) == ("failed", None)


def test_stopping_stops_all(store: Store) -> None:
    trial = created(store)
    begin(store, trial.runs[0].run, step=100, end=False)
    store.stop_trial(trial.id)
    assert [run.state for run in store.trial(trial.id).runs] == ["starting", "stopped"]
    lease = store.take_over(trial.runs[0].run or "")
    assert [command.kind for command in store.commands(lease)] == ["stop"]
    store.set_state(lease, "stopped")
    assert store.trial(trial.id).state == "stopped"
    with pytest.raises(CommandRefused, match="ended"):
        store.stop_trial(trial.id)


def test_the_newest_of_each_experiment(empty_store: Store) -> None:
    created(empty_store)
    newer, other = created(empty_store), created(empty_store, "stability")
    assert [found.id for found in empty_store.latest_trials()] == [newer.id, other.id]


def test_an_unknown_trial_is_not_found(store: Store) -> None:
    for ask in (store.trial, store.stop_trial):
        with pytest.raises(TrialNotFound, match=r"no trial has the id 'f+'"):
            ask("f" * 32)


def test_what_was_stored_as_the_larger_experiment_is_the_one_on_mnist(empty_store: Store) -> None:
    earlier = created(empty_store, experiment="larger")  # type: ignore[arg-type]  # as versions before wrote it
    assert earlier.experiment == "mnist"
    assert [trial.id for trial in empty_store.latest_trials()] == [earlier.id]
