"""What came out when the claims were tried, small enough to ship: ``recorded/<claim>.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from normscope.claims.base import Claim, Experiment, parts
from normscope.claims.catalog import CLAIMS
from normscope.claims.drawn import Figure
from normscope.core.record import Open
from normscope.core.spec import RunSpec
from normscope.core.trial import Judged

FOLDER = "recorded"


class RecordedTrial(Open):
    """An experiment with its verdict."""

    seeds: tuple[int, ...]
    seconds: float = Field(description="Of training, over all runs.")
    settings: str
    """Of its runs, as a hash: others now mean that the recording is stale."""
    judged: Judged
    figures: tuple[Figure, ...] = ()


class Recording(Open):
    """A claim's experiment and its counter-experiment, with where and when they were run."""

    claim: str
    date: str
    commit: str
    machine: str
    main: RecordedTrial
    counter: RecordedTrial


@lru_cache(maxsize=1)
def recordings() -> tuple[Recording, ...]:
    """All of them, in the order of the lecture; a claim that was not recorded is left out."""
    folder = files("normscope.claims") / FOLDER
    found = ((claim, folder / f"{claim.id}.json") for claim in CLAIMS)
    return tuple(Recording.model_validate_json(file.read_bytes()) for _, file in found if file.is_file())


def settings_of(experiment: Experiment, seeds: tuple[int, ...]) -> str:
    """A hash of the runs that ``experiment`` asks for today."""
    return hash_of((name, spec) for part in parts(seeds) for name, spec in experiment.specs(part).items())


def hash_of(runs: Iterable[tuple[str, RunSpec]]) -> str:
    """A hash of runs by name: what a spec leaves to defaults does not count."""
    specs = [(name, spec.model_dump(mode="json", exclude_defaults=True)) for name, spec in runs]
    return hashlib.sha256(json.dumps(specs, sort_keys=True).encode()).hexdigest()[:16]


def stale(found: Claim, recording: Recording) -> list[str]:
    """Why it no longer tells what the claim's experiments would; empty: it does."""
    pairs = ((found.experiment, recording.main), (found.counter, recording.counter))
    return [reason for experiment, recorded in pairs for reason in _stale(experiment, recorded)]


def _stale(experiment: Experiment, recorded: RecordedTrial) -> list[str]:
    reasons = []
    if recorded.settings != settings_of(experiment, recorded.seeds):
        reasons.append(f"{experiment.id}: its settings have changed")
    judged = experiment.judge(recorded.judged.evidence)
    if judged.verdict != recorded.judged.verdict:
        reasons.append(
            f"{experiment.id}: by today's rule it is {judged.verdict}, recorded is {recorded.judged.verdict}"
        )
    return reasons
