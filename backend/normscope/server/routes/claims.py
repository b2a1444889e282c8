"""Claims: list, read, try; and their trials."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response

from normscope.claims.base import Claim
from normscope.claims.catalog import CLAIMS, claim
from normscope.claims.recordings import recordings
from normscope.core.trial import TrialRecord
from normscope.errors import SpecError
from normscope.server.answers import ClaimAnswer, ClaimList, RecordingList, SweepCommand, TrialWanted
from normscope.server.problems import SpecRefused
from normscope.server.services import Address, Server
from normscope.server.shared_answers import claim_answer, claim_summary
from normscope.server.trials import launch

router = APIRouter(tags=["claims"])
ClaimId = Annotated[str, Path(description="Id or number of the claim.", pattern="^[a-z0-9-]{1,40}$")]
TrialId = Annotated[str, Path(description="Id of the trial.", pattern="^[0-9a-f]{32}$")]


@router.get("/claims")
def list_claims(server: Server) -> ClaimList:
    """All claims in the order of the lecture, each with its newest trials."""
    workers = server.settings.workers
    newest = server.store.latest_trials(workers=workers)
    return ClaimList(
        claims=[
            claim_summary(each, newest, server.judge, workers=workers, durations=server.durations) for each in CLAIMS
        ]
    )


@router.get("/claims/{claim_id}")
def read_claim(claim_id: ClaimId, server: Server) -> ClaimAnswer:
    """A claim with the specs of both its experiments."""
    found = find_claim(claim_id)
    workers = server.settings.workers
    newest = server.store.latest_trials(workers=workers)
    return claim_answer(found, newest, server.judge, workers=workers, durations=server.durations)


@router.get("/recordings")
def list_recordings() -> RecordingList:
    """The verdicts that ship with NormScope, each with what it rests on and its figures."""
    return RecordingList(recordings=list(recordings()))


@router.post("/claims/{claim_id}/runs", status_code=201)
def try_claim(
    claim_id: ClaimId, body: TrialWanted, server: Server, address: Address, response: Response
) -> TrialRecord:
    """Launch an experiment: its runs start behind all single runs."""
    found = find_claim(claim_id)
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


def find_claim(claim_id: str) -> Claim:
    """Raises HTTPException 404."""
    found = claim(claim_id)
    if found is None:
        known = ", ".join(each.id for each in CLAIMS)
        raise HTTPException(404, f"expected the id or number of a claim ({known}), got '{claim_id}'")
    return found
