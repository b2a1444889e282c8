"""Claims: list, read, try; and their trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response

from normscope.claims.base import Claim
from normscope.claims.catalog import CLAIMS, claim
from normscope.core.trial import ExperimentKind, TrialRecord
from normscope.errors import SpecError
from normscope.server.answers import (
    ClaimAnswer,
    ClaimList,
    ClaimSummary,
    LargerAnswer,
    SourceAnswer,
    SweepCommand,
    TrialWanted,
)
from normscope.server.problems import SpecRefused
from normscope.server.services import Server, Services
from normscope.server.trials import launch, wanted

router = APIRouter(tags=["claims"])
ClaimId = Annotated[str, Path(description="Id or number of the claim.", pattern="^[a-z0-9-]{1,40}$")]
TrialId = Annotated[str, Path(description="Id of the trial.", pattern="^[0-9a-f]{32}$")]


@router.get("/claims")
def list_claims(server: Server) -> ClaimList:
    """All claims in the order of the lecture, each with its newest trials."""
    newest = server.store.latest_trials(workers=server.settings.workers)
    return ClaimList(claims=[_summary(each, newest, server) for each in CLAIMS])


@router.get("/claims/{claim_id}")
def read_claim(claim_id: ClaimId, server: Server) -> ClaimAnswer:
    """A claim with the specs of both its experiments."""
    found = _find(claim_id)
    return ClaimAnswer(
        **_summary(found, server.store.latest_trials(workers=server.settings.workers), server).model_dump(),
        specs={run.name: run.spec for run in wanted(found, "main", None)},
        counter_specs={run.name: run.spec for run in wanted(found, "counter", None)},
    )


@router.post("/claims/{claim_id}/runs", status_code=201)
def try_claim(
    claim_id: ClaimId, body: TrialWanted, server: Server, request: Request, response: Response
) -> TrialRecord:
    """Launch an experiment: its runs start behind all single runs."""
    found = _find(claim_id)
    address = request.client.host if request.client else ""
    try:
        with server.admission.admit(address):
            trial = launch(found, body.experiment, body.seeds, server.store, server.settings, server.durations)
    except SpecError as error:
        raise SpecRefused([error]) from None
    server.kick()
    response.headers["Location"] = f"/api/trials/{trial.id}"
    return trial


@router.get("/trials/{trial_id}", tags=["claims"])
def read_trial(trial_id: TrialId, server: Server) -> TrialRecord:
    """A trial with its runs, and its verdict as far as it can be told."""
    return server.judge.judged(server.store.trial(trial_id, workers=server.settings.workers))


@router.post("/trials/{trial_id}/commands", status_code=202)
def command(trial_id: TrialId, wanted: SweepCommand, server: Server) -> None:
    """Stop all runs, those that wait too."""
    assert wanted.kind == "stop"
    server.store.stop_trial(trial_id)
    server.kick()


def _find(claim_id: str) -> Claim:
    found = claim(claim_id)
    if found is None:
        known = ", ".join(each.id for each in CLAIMS)
        raise HTTPException(404, f"expected the id or number of a claim ({known}), got '{claim_id}'")
    return found


def _summary(found: Claim, trials: Sequence[TrialRecord], server: Services) -> ClaimSummary:
    newest = {trial.experiment: trial for trial in trials if trial.claim == found.id}
    seconds: dict[ExperimentKind, float] = {}
    for kind in found.experiments:
        runs = wanted(found, kind, None, scale=server.durations.scale())
        seconds[kind] = sum(run.seconds for run in runs) / max(1, min(server.settings.workers, len(runs)))
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
        trial=_judged(newest.get("main"), server),
        counter_trial=_judged(newest.get("counter"), server),
        larger=None
        if found.larger is None
        else LargerAnswer(
            unit=found.larger.unit,
            seeds=found.larger.seeds,
            estimated_seconds=seconds["larger"],
            trial=_judged(newest.get("larger"), server),
        ),
    )


def _judged(trial: TrialRecord | None, server: Services) -> TrialRecord | None:
    return None if trial is None else server.judge.judged(trial)
