"""Reads what a claim's runs measured from the store, and judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from normscope.claims.base import Experiment, Judgement, gather
from normscope.claims.measured import MeasuredRun
from normscope.core.events import ManifestEvent, NumberedEvent
from normscope.core.telemetry import vectors_of
from normscope.errors import StoreError
from normscope.server.points import PointCache
from normscope.storage.store import Store


def measured_run(store: Store, cache: PointCache, run_id: str) -> MeasuredRun:
    """Everything stored of an ended run.

    Raises:
        RunNotFound: no run has this id.
        StoreError: it measured nothing.
    """
    read = cache.read(run_id)
    first = store.replay(run_id, 0, limit_bytes=1, epoch=read.epoch)
    event = NumberedEvent.model_validate_json(first[0].body).event if first else None
    if not isinstance(event, ManifestEvent):
        raise StoreError(f"run {run_id} has measured nothing: {store.get(run_id).error or 'it ended before its start'}")
    events = (numbered.event for numbered in read.events)
    return MeasuredRun(store.get(run_id).spec, event.manifest, read.points(), vectors_of(read.vectors()), events)


def judgement(
    experiment: Experiment, store: Store, cache: PointCache, groups: Sequence[tuple[Mapping[str, str], Sequence[int]]]
) -> tuple[Judgement, dict[str, tuple[float, ...]]]:
    """The verdict and its evidence, of ended runs.

    Args:
        groups: for each group of seeds the ids of its runs, by their names in the experiment's ``specs``.
    """
    measured = [({name: measured_run(store, cache, run) for name, run in ids.items()}, seeds) for ids, seeds in groups]
    evidence = gather(experiment, measured)
    return experiment.judge(evidence), evidence
