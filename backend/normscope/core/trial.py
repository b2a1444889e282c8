"""A trial: a claim's experiment, or its counter-experiment, with the runs that were launched for it. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from normscope.core.record import ENDED, Measured, Open, RunState

LargerKind = Literal["mnist", "cifar10"]
"""A claim's experiment with more data and more steps is named by its data set."""
ExperimentKind = Literal["main", "counter", LargerKind]
TrialState = Literal["queued", "running", "finished", "stopped", "failed"]


class Judged(Open):
    """A verdict with what it rests on (``normscope.claims.base.Judgement``)."""

    verdict: Literal["supported", "refuted", "inconclusive"]
    reason: str
    """Names the sentence that tells it, ``claims.reason.<reason>`` of the message files."""
    effect: Measured | None = None
    """In the experiment's unit."""
    interval: tuple[Measured, Measured] | None = None
    """95 % of the mean over seeds, paired."""
    evidence: dict[str, tuple[Measured, ...]] = Field(default_factory=dict)
    """Named measurements, one for each seed."""


class TrialRun(Open):
    """One run of a trial: what the experiment calls it, and the seeds it has of the trial's."""

    name: str
    seeds: tuple[int, ...]
    run: str | None
    """Null: it was deleted."""
    state: RunState
    step: int = 0
    steps: int = 0
    estimated_seconds: float = 0.0
    elapsed_seconds: float = 0.0
    error: str | None = None


class TrialRecord(Open):
    """A trial with its runs. ``judged`` is final once the trial has finished, and provisional before."""

    id: str
    claim: str
    experiment: ExperimentKind
    seeds: tuple[int, ...]
    created_at: float
    ended_at: float | None = None
    state: TrialState
    progress: float = Field(0.0, description="Share of the estimated work that is done, 0 to 1.")
    eta_seconds: float | None = None
    seconds: float = 0.0
    """Of training, over all runs."""
    runs: tuple[TrialRun, ...] = ()
    judged: Judged | None = None


def trial_state(runs: tuple[TrialRun, ...]) -> TrialState:
    """Of the states of its runs; one that failed or is gone makes the trial fail once all have ended."""
    states = {run.state for run in runs}
    if not states <= ENDED:
        return "queued" if states == {"queued"} else "running"
    if states & {"failed", "interrupted"} or any(run.run is None for run in runs):
        return "failed"
    return "stopped" if "stopped" in states else "finished"


def trial_progress(runs: tuple[TrialRun, ...]) -> float:
    """Share of the estimated seconds that is done; an ended run has done all it will."""
    total = sum(run.estimated_seconds for run in runs)
    return sum(run.estimated_seconds * _share(run) for run in runs) / total if total else 1.0


def trial_eta(runs: tuple[TrialRun, ...], workers: int) -> float | None:
    """Seconds of wall clock that are left, by what the runs so far took of what was estimated; None: nothing is."""
    left = sum(run.estimated_seconds * (1.0 - _share(run)) for run in runs)
    if left == 0.0:
        return None
    done = sum(run.estimated_seconds * _share(run) for run in runs)
    took = sum(run.elapsed_seconds for run in runs)
    return left * (took / done if done and took else 1.0) / max(1, min(workers, len(runs)))


def _share(run: TrialRun) -> float:
    return 1.0 if run.state in ENDED else run.step / run.steps if run.steps else 0.0
