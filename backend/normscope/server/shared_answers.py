"""Answers that both a route and a file give: the very bytes, so that a file shows what the page did."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.claims.base import Claim
from normscope.core.catalog import DATASETS
from normscope.core.events import ManifestEvent, NumberedEvent
from normscope.core.trial import TrialRecord
from normscope.server.answers import ClaimAnswer, ClaimSummary, EventList, LargerAnswer, ManifestAnswer, SourceAnswer
from normscope.server.durations import Durations
from normscope.server.evidence import Judge
from normscope.server.points import Snapshot
from normscope.server.trials import wanted
from normscope.storage.store import Store


def manifest_of(store: Store, run_id: str) -> ManifestAnswer:
    """Which series the run has, and its certificate. Raises RunNotFound."""
    first = store.replay(run_id, 0, limit_bytes=1)
    if not first:
        return ManifestAnswer(manifest=None, fairness=None)
    event = NumberedEvent.model_validate_json(first[0].body).event
    assert isinstance(event, ManifestEvent), "the manifest is sequence 1 of every stream"
    return ManifestAnswer(manifest=event.manifest, fairness=event.fairness)


def events_of(read: Snapshot) -> EventList:
    """What has happened so far."""
    return EventList(epoch=read.epoch, sequence=read.sequence, events=read.events)


def claim_summary(
    found: Claim, trials: Sequence[TrialRecord], judge: Judge, *, workers: int, durations: Durations
) -> ClaimSummary:
    """A claim with its newest trials among ``trials``."""
    newest = {trial.experiment: trial for trial in trials if trial.claim == found.id}
    runs = {
        kind: [run.seconds for run in wanted(found, kind, None, scale=durations.scale())] for kind in found.experiments
    }
    seconds = {kind: sum(each) / max(1, min(workers, len(each))) for kind, each in runs.items()}
    judged = {kind: judge.judged(trial) for kind, trial in newest.items()}
    return ClaimSummary(
        id=found.id,
        number=found.number,
        unit=found.experiment.unit,
        counter_unit=found.counter.unit,
        seeds=found.experiment.seeds,
        counter_seeds=found.counter.seeds,
        sources=[SourceAnswer(paper=source.paper, section=source.section) for source in found.sources],
        estimated_seconds=seconds["main"],
        counter_estimated_seconds=seconds["counter"],
        trial=judged.get("main"),
        counter_trial=judged.get("counter"),
        larger=[
            LargerAnswer(
                kind=kind,
                dataset=DATASETS[kind].title,
                unit=larger.unit,
                seeds=larger.seeds,
                estimated_seconds=seconds[kind],
                longest_seconds=max(runs[kind]),
                trial=judged.get(kind),
            )
            for kind, larger in found.larger.items()
        ],
    )


def claim_answer(
    found: Claim, trials: Sequence[TrialRecord], judge: Judge, *, workers: int, durations: Durations
) -> ClaimAnswer:
    """A claim with its newest trials among ``trials``, and the specs of both its experiments."""
    summary = claim_summary(found, trials, judge, workers=workers, durations=durations)
    return ClaimAnswer(
        **summary.model_dump(),
        specs={run.name: run.spec for run in wanted(found, "main", None)},
        counter_specs={run.name: run.spec for run in wanted(found, "counter", None)},
    )
