"""Runs: launch, list, read, command, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from normscope.core.check import faults
from normscope.core.commands import Request
from normscope.core.cost import Estimate, check_cost, estimate
from normscope.core.device import device_faults
from normscope.core.fork import ForkRequest
from normscope.core.record import RunRecord, RunState
from normscope.core.spec import RunSpec
from normscope.errors import CostLimitError, SpecError
from normscope.server.answers import (
    CommandAccepted,
    EstimateAnswer,
    EventList,
    ManifestAnswer,
    RunList,
)
from normscope.server.commands import check_command
from normscope.server.forks import check_fork, create_fork, within
from normscope.server.limits import cost_limits
from normscope.server.problems import SpecRefused, spec_problem
from normscope.server.services import Address, Server, Services
from normscope.server.shared_answers import events_of, manifest_of
from normscope.storage import checkpoints

router = APIRouter(prefix="/runs", tags=["runs"])
RunId = Annotated[str, Path(description="Id of the run.", pattern="^[0-9a-f]{32}$")]


@router.post("", status_code=201)
def launch(spec: RunSpec, server: Server, address: Address, response: Response) -> RunRecord:
    """Queue a run; it starts as soon as a worker is free."""
    cost, refusals = _judge(spec, server)
    if refusals:
        raise SpecRefused(refusals)
    with server.admission.admit(address):
        record = server.store.create(spec, estimated_seconds=cost.seconds)
    server.kick()
    response.headers["Location"] = f"/api/runs/{record.id}"
    return record


@router.post("/estimate")
def estimate_cost(spec: RunSpec, server: Server) -> EstimateAnswer:
    """What the run would cost, and whether it would be refused. Nothing is stored."""
    cost, refusals = _judge(spec, server)
    return EstimateAnswer(
        seconds=cost.seconds,
        networks=cost.networks,
        parameters=list(cost.parameters),
        steps_per_epoch=cost.steps_per_epoch,
        epochs=cost.epochs,
        memory_bytes=cost.memory_bytes,
        telemetry_bytes=cost.telemetry_bytes,
        refused=spec_problem(refusals) if refusals else None,
    )


@router.get("")
def list_runs(
    server: Server,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False, description="The `next` of the page before.")] = None,
    state: Annotated[list[RunState] | None, Query(description="Only runs in one of these states.")] = None,
    sweep: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="Only the cells of this sweep.")] = None,
) -> RunList:
    """Records, newest first. Cells of sweeps are left out unless asked for."""
    records = server.store.list(limit=limit + 1, before=before, states=state, sweep=sweep)
    more = len(records) > limit
    records = records[:limit]
    return RunList(runs=records, next=records[-1].created_at if more else None)


@router.get("/{run_id}")
def read_run(run_id: RunId, server: Server) -> RunRecord:
    """The record of one run."""
    return server.store.get(run_id)


@router.delete("/{run_id}", status_code=204)
def delete_run(run_id: RunId, server: Server) -> None:
    """Forget a run that is queued or has ended, with all it measured."""
    server.store.delete(run_id)
    checkpoints.remove_all(server.settings.data_dir, run_id)


@router.post("/{run_id}/commands", status_code=202)
def command(run_id: RunId, wanted: Request, server: Server) -> CommandAccepted:
    """Tell a run something; it takes effect between two steps."""
    check_command(server.store.get(run_id), wanted, server)
    accepted = server.store.command(run_id, wanted.kind, **wanted.model_dump(exclude={"kind"}))
    server.kick()
    return CommandAccepted(command_id=accepted.id)


@router.post("/{run_id}/fork", status_code=201)
def fork(run_id: RunId, wanted: ForkRequest, server: Server, address: Address, response: Response) -> RunRecord:
    """Queue a new run that goes on from a checkpoint of this one; it counts its own steps from 1."""
    parent = server.store.get(run_id)
    step = check_fork(parent, wanted)
    try:
        cost, refusals = _judge(wanted.spec, server)
    except SpecRefused as refused:
        raise SpecRefused([within("spec", fault) for fault in refused.faults]) from refused
    if refusals:
        raise SpecRefused([within("spec", fault) for fault in refusals])
    with server.admission.admit(address):
        record = create_fork(server, parent, step, wanted, cost.seconds)
    server.kick()
    response.headers["Location"] = f"/api/runs/{record.id}"
    return record


@router.get("/{run_id}/manifest")
def manifest(run_id: RunId, server: Server) -> ManifestAnswer:
    """Which series the run has, and the certificate of fairness."""
    return manifest_of(server.store, run_id)


@router.get("/{run_id}/events", response_model=EventList)
def events(run_id: RunId, server: Server) -> Response:
    """Divergences, applied commands and ends of replicates so far."""
    answer = events_of(server.points.read(run_id))
    # FastAPI would write a number of an event that is not finite as null.
    return Response(answer.model_dump_json(), media_type="application/json")


def _judge(spec: RunSpec, server: Services) -> tuple[Estimate, list[SpecError]]:
    """The cost of ``spec`` and what speaks against running it.

    Raises:
        SpecRefused: its networks cannot be laid out on its data, so there is nothing whose cost could be told.
    """
    refusals = [*faults(spec), *device_faults(spec, server.cuda)]
    try:
        cost = estimate(spec, scale=server.durations.scale())
    except SpecError as error:
        raise SpecRefused(refusals or [error]) from error
    if not refusals:
        try:
            check_cost(cost, cost_limits(server.settings))
        except CostLimitError as error:
            refusals = [error]
    return cost, refusals
