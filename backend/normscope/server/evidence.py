"""Reads what a claim's runs measured from the store, and judges it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from normscope.claims.base import Experiment, Runs, gather, parts
from normscope.claims.catalog import claim
from normscope.claims.measured import MeasuredRun
from normscope.core.events import ManifestEvent, NumberedEvent
from normscope.core.telemetry import vectors_of
from normscope.core.trial import Judged, TrialRecord
from normscope.errors import StoreError
from normscope.server.points import PointCache
from normscope.storage.store import Store


class Judge:
    """Judges trials: a finished one once and for ever, one that still runs by what it has measured so far."""

    def __init__(self, store: Store, points: PointCache) -> None:
        self._store = store
        self._points = points
        self._lock = threading.Lock()
        self._provisional: dict[str, tuple[tuple[int, ...], Judged | None]] = {}

    def judged(self, trial: TrialRecord) -> TrialRecord:
        """``trial`` with its verdict; without one where a run has measured nothing yet, or one failed."""
        if trial.judged is not None or trial.state in ("queued", "failed", "stopped"):
            return trial
        steps = tuple(run.step for run in trial.runs)
        with self._lock:  # one at a time: reading runs is the server's most expensive work
            known = self._provisional.get(trial.id)
            if known is None or known[0] != steps or trial.state == "finished":
                known = (steps, self._judge(trial))
                self._provisional[trial.id] = known
            if trial.state == "finished" and known[1] is not None:
                self._provisional.pop(trial.id)
                self._store.keep_judgement(trial.id, known[1])
        return trial.model_copy(update={"judged": known[1]})

    def _judge(self, trial: TrialRecord) -> Judged | None:
        if any(run.run is None or run.step == 0 for run in trial.runs):
            return None
        return judge(experiment_tried(trial), measured_parts(trial, self._store, self._points))


def experiment_tried(trial: TrialRecord) -> Experiment:
    """The experiment that ``trial`` is one of.

    Raises:
        StoreError: the claim, or its experiment, is not known (any more).
    """
    found = claim(trial.claim)
    chosen = None if found is None else found.experiments.get(trial.experiment)
    if chosen is None:
        what = f"{trial.claim!r} ({trial.experiment})"
        raise StoreError(f"trial {trial.id} is of the claim {what}, which this version does not have")
    return chosen


def measured_parts(trial: TrialRecord, store: Store, points: PointCache) -> list[tuple[Runs, tuple[int, ...]]]:
    """The runs of each group of seeds, by name, as far as they are there."""
    measured: list[tuple[Runs, tuple[int, ...]]] = []
    for seeds in parts(trial.seeds):
        runs: dict[str, MeasuredRun] = {}
        for run in trial.runs:
            if run.run is not None and set(run.seeds) <= set(seeds):
                runs[run.name] = measured_run(store, points, run.run)
        measured.append((runs, seeds))
    return measured


def judge(experiment: Experiment, measured: list[tuple[Runs, tuple[int, ...]]]) -> Judged:
    """The verdict of ``experiment`` on these runs."""
    evidence: Mapping[str, tuple[float, ...]] = gather(experiment, measured)
    found = experiment.judge(evidence)
    return Judged(
        verdict=found.verdict,
        reason=found.reason,
        effect=found.effect,
        interval=found.interval,
        evidence=dict(evidence),
    )


def measured_run(store: Store, points: PointCache, run_id: str) -> MeasuredRun:
    """Everything stored of a run.

    Raises:
        RunNotFound: no run has this id.
        StoreError: it has measured nothing yet.
    """
    read = points.read(run_id)
    first = store.replay(run_id, 0, limit_bytes=1, epoch=read.epoch)
    event = NumberedEvent.model_validate_json(first[0].body).event if first else None
    if not isinstance(event, ManifestEvent):
        raise StoreError(f"run {run_id} has measured nothing yet")
    events = (numbered.event for numbered in read.events)
    return MeasuredRun(store.get(run_id).spec, event.manifest, read.points(), vectors_of(read.vectors()), events)
