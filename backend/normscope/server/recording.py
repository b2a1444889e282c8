"""Makes a recording of a claim's trials, from what the store has of their runs."""

from __future__ import annotations

from normscope.claims.figures import figures
from normscope.claims.recordings import RecordedTrial, hash_of
from normscope.core.trial import TrialRecord
from normscope.errors import StoreError
from normscope.server.evidence import experiment_tried, measured_parts
from normscope.server.points import PointCache
from normscope.storage.store import Store


def recorded(trial: TrialRecord, store: Store, points: PointCache) -> RecordedTrial:
    """A finished and judged trial as it is kept.

    Raises:
        StoreError: it has no final verdict.
    """
    experiment = experiment_tried(trial)
    if trial.state != "finished" or trial.judged is None:
        raise StoreError(f"expected a trial of {experiment.id} with its verdict, got one that is {trial.state}")
    return RecordedTrial(
        seeds=trial.seeds,
        seconds=round(trial.seconds, 2),
        settings=hash_of((run.name, store.get(run.run).spec) for run in trial.runs if run.run is not None),
        judged=trial.judged,
        figures=figures(trial.claim, trial.experiment, measured_parts(trial, store, points)),
    )
