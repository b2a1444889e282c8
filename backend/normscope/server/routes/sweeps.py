"""Sweeps: launch, list, read, stop, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from normscope.core.cost import Estimate
from normscope.core.phase import SweepRecord
from normscope.core.sweep import Cell, SweepSpec
from normscope.core.sweep_cost import check_devices, costed, duration
from normscope.errors import SpecError
from normscope.server.answers import SweepCommand, SweepEstimate, SweepList
from normscope.server.limits import cost_limits
from normscope.server.problems import SpecRefused, spec_problem
from normscope.server.services import Address, Server, Services
from normscope.storage import checkpoints

router = APIRouter(prefix="/sweeps", tags=["sweeps"])
SweepId = Annotated[str, Path(description="Id of the sweep.", pattern="^[0-9a-f]{32}$")]


@router.post("", status_code=201)
def launch(spec: SweepSpec, server: Server, address: Address, response: Response) -> SweepRecord:
    """Queue a run for each cell; they start behind all runs outside of sweeps."""
    try:
        found = _costed(spec, server)
    except SpecError as error:
        raise SpecRefused([error]) from None
    with server.admission.admit(address):
        record = server.store.create_sweep(spec, [(cell, cost.seconds) for cell, cost in found])
    server.kick()
    response.headers["Location"] = f"/api/sweeps/{record.id}"
    return record


@router.post("/estimate")
def estimate_cost(spec: SweepSpec, server: Server) -> SweepEstimate:
    """What the sweep would cost, and whether it would be refused. Nothing is stored."""
    try:
        found = _costed(spec, server)
    except SpecError as error:
        return SweepEstimate(cells=len(spec.grid()), seconds=0.0, refused=spec_problem([error]))
    seconds = duration([cost for _, cost in found], server.settings.workers)
    return SweepEstimate(cells=len(found), seconds=seconds, refused=None)


@router.get("")
def list_sweeps(
    server: Server,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[float | None, Query(allow_inf_nan=False, description="The `next` of the page before.")] = None,
) -> SweepList:
    """Sweeps without their cells, newest first."""
    found = server.store.sweeps(limit=limit + 1, before=before)
    more = len(found) > limit
    found = found[:limit]
    return SweepList(sweeps=found, next=found[-1].created_at if more else None)


@router.get("/{sweep_id}")
def read_sweep(sweep_id: SweepId, server: Server) -> SweepRecord:
    """A sweep with all its cells: the phase diagram as far as it is known."""
    return server.store.sweep(sweep_id)


@router.post("/{sweep_id}/commands", status_code=202)
def command(sweep_id: SweepId, wanted: SweepCommand, server: Server) -> None:
    """Stop all cells, those that wait too."""
    assert wanted.kind == "stop"
    server.store.stop_sweep(sweep_id)
    server.kick()


@router.delete("/{sweep_id}", status_code=204)
def delete_sweep(sweep_id: SweepId, server: Server) -> None:
    """Forget a sweep that has ended, with all its runs."""
    for run_id in server.store.delete_sweep(sweep_id):
        checkpoints.remove_all(server.settings.data_dir, run_id)


def _costed(spec: SweepSpec, server: Services) -> list[tuple[Cell, Estimate]]:
    workers = server.settings.workers
    found = costed(spec, cost_limits(server.settings), workers=workers, scale=server.durations.scale())
    check_devices(found, server.cuda)
    return found
