"""Launches a claim's experiment: its runs are checked, costed and queued together."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from normscope.claims.base import Claim, Experiment, parts
from normscope.claims.catalog import claim
from normscope.core.check import check
from normscope.core.cost import check_cost, estimate
from normscope.core.trial import ExperimentKind, TrialRecord
from normscope.errors import SpecError
from normscope.server.durations import Durations
from normscope.server.limits import cost_limits
from normscope.settings import Settings
from normscope.storage.store import Store
from normscope.storage.trials import NewRun

FIRST_SEED = 101
"""The rules were fixed after looking at seeds below."""
MAX_SEEDS = 64


def wanted(found: Claim, experiment: ExperimentKind, count: int | None, *, scale: float = 1.0) -> list[NewRun]:
    """The runs of an experiment with ``count`` seeds (null: as many as it takes), each with its estimated seconds.

    Raises:
        SpecError: one of them cannot be run.
    """
    runs = _wanted(found.id, experiment, seeds_of(found, experiment, count))
    return [replace(run, seconds=scale * run.seconds) for run in runs]


@lru_cache(maxsize=256)
def _wanted(claim_id: str, experiment: ExperimentKind, seeds: tuple[int, ...]) -> tuple[NewRun, ...]:
    """Pure, and not cheap: every look at the gallery asks for all."""
    found = claim(claim_id)
    assert found is not None
    runs = []
    for part in parts(seeds):
        for name, spec in experiment_of(found, experiment).specs(part).items():
            check(spec)
            runs.append(NewRun(name, spec, estimate(spec).seconds))
    return tuple(runs)


def seeds_of(found: Claim, experiment: ExperimentKind, count: int | None) -> tuple[int, ...]:
    """The seeds of a trial."""
    return tuple(range(FIRST_SEED, FIRST_SEED + (count or experiment_of(found, experiment).seeds)))


def experiment_of(found: Claim, kind: ExperimentKind) -> Experiment:
    """Which experiment of a claim it is.

    Raises:
        SpecError: the claim has none of this kind.
    """
    chosen = found.experiments.get(kind)
    if chosen is None:
        kinds = ", ".join(found.experiments)
        raise SpecError(f"expected an experiment that claim {found.number} has ({kinds}), got '{kind}'", "experiment")
    return chosen


def launch(
    found: Claim, experiment: ExperimentKind, count: int | None, store: Store, settings: Settings, durations: Durations
) -> TrialRecord:
    """Queue the runs of an experiment.

    Raises:
        SpecError: a run cannot be run, or costs more than it may here; nothing is stored.
    """
    runs = wanted(found, experiment, count, scale=durations.scale())
    for run in runs:
        check_cost(estimate(run.spec, scale=durations.scale()), cost_limits(settings))
    return store.create_trial(found.id, experiment, seeds_of(found, experiment, count), runs)
