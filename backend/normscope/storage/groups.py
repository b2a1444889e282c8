"""The part of ``Store`` that is about runs which were launched together: sweeps, and trials of claims."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from normscope.core.phase import SweepRecord, SweepSummary
from normscope.core.sweep import Cell, SweepSpec
from normscope.core.trial import ExperimentKind, Judged, TrialRecord
from normscope.storage import compaction, sweeps, trials
from normscope.storage.engine import Database
from normscope.storage.model import new_id
from normscope.storage.trials import NewRun


class Groups:
    """Mixed into ``Store``."""

    _database: Database
    _lease_seconds: float
    _publish: Callable[[str], None]

    # -- sweeps

    def create_sweep(self, spec: SweepSpec, cells: Sequence[tuple[Cell, float]]) -> SweepRecord:
        """A new sweep, all its cells queued. ``cells``: each with its estimated seconds."""
        sweep_id = new_id()
        rows = [(new_id(), cell, seconds) for cell, seconds in cells]
        with self._database.write() as connection:
            sweeps.create(connection, sweep_id, spec, rows, now=time.time())
        return self.sweep(sweep_id)

    def sweep(self, sweep_id: str) -> SweepRecord:
        """One sweep with all its cells. Raises SweepNotFound."""
        with self._database.read() as connection:
            return sweeps.get(connection, sweep_id, now=time.time())

    def sweeps(self, *, limit: int = 50, before: float | None = None) -> list[SweepSummary]:
        """Sweeps, newest first; ``before`` is the ``created_at`` of the last one seen."""
        with self._database.read() as connection:
            return sweeps.select(connection, limit=limit, before=before, now=time.time())

    def stop_sweep(self, sweep_id: str) -> None:
        """Stop all cells, queued ones too. Raises SweepNotFound, CommandRefused."""
        with self._database.write() as connection:
            stopped = sweeps.stop(connection, sweep_id, new_id, now=time.time())
        for run_id in stopped:
            self._publish(run_id)

    def delete_sweep(self, sweep_id: str) -> list[str]:
        """Forget a sweep that has ended, with all its runs; their ids. Raises SweepNotFound, CommandRefused."""
        with self._database.write() as connection:
            left = sweeps.delete(connection, sweep_id)
        for run_id, epoch in left:
            self._publish(run_id)
            compaction.purge(self._database, run_id, epoch)
        return [run_id for run_id, _ in left]

    def claim_cell(self, *, workers: int) -> str | None:
        """Mark the next queued cell as starting for a worker that is free; None: it has nothing to do."""
        until = time.time() + self._lease_seconds
        with self._database.write() as connection:
            run_id = sweeps.claim_next(connection, workers=workers, until=until)
        if run_id is not None:
            self._publish(run_id)
        return run_id

    def open_count(self) -> int:
        """How many launches wait or train; a sweep or a trial is one."""
        with self._database.read() as connection:
            return sweeps.open_count(connection)

    # -- trials

    def create_trial(
        self, claim: str, experiment: ExperimentKind, seeds: Sequence[int], wanted: Sequence[NewRun]
    ) -> TrialRecord:
        """A new trial of a claim, all its runs queued."""
        trial_id = new_id()
        with self._database.write() as connection:
            trials.create(connection, trial_id, claim, experiment, seeds, wanted, new_id, now=time.time())
        return self.trial(trial_id)

    def trial(self, trial_id: str, *, workers: int = 1) -> TrialRecord:
        """One trial with its runs; ``workers`` share what is left. Raises TrialNotFound."""
        with self._database.read() as connection:
            return trials.get(connection, trial_id, workers=workers)

    def latest_trials(self, *, workers: int = 1) -> list[TrialRecord]:
        """The newest trial of each experiment."""
        with self._database.read() as connection:
            return trials.latest(connection, workers=workers)

    def keep_judgement(self, trial_id: str, judged: Judged) -> None:
        """Store the verdict of a trial whose runs have all ended."""
        with self._database.write() as connection:
            trials.judge(connection, trial_id, judged)

    def stop_trial(self, trial_id: str) -> None:
        """Stop all runs, queued ones too. Raises TrialNotFound, CommandRefused."""
        with self._database.write() as connection:
            stopped = trials.stop(connection, trial_id, new_id, now=time.time())
        for run_id in stopped:
            self._publish(run_id)
