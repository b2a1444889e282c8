"""A run's points as a file, the run as a script, and what opens without a server: reports and replays."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from normscope.server.document import Kind, claims_file, run_file, sweep_file, template
from normscope.server.routes.claims import ClaimId, find_claim
from normscope.server.routes.runs import RunId
from normscope.server.routes.sweeps import SweepId
from normscope.server.services import Server
from normscope.storage.export import MEDIA_TYPES, Format, export, measured
from normscope.storage.script import script_of

router = APIRouter(tags=["telemetry"])
RUN = "/runs/{run_id}/export"
FILE_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()},
    }
}
SCRIPT_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"description": "The script, as an attachment.", "content": {"text/x-python": {"schema": {"type": "string"}}}}
}
HTML_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "description": "One HTML file, as an attachment, that asks nobody for anything.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}


@router.get(f"{RUN}/{{format}}/check", status_code=204)
def check_export(run_id: RunId, format: Literal[Format, Kind, "script"], server: Server) -> None:
    """204 where the file can be had, 409 with the reason where it cannot: nothing is written, however large it is."""
    if format == "script":
        script_of(server.store, run_id)
        return
    measured(server.store, run_id)
    if format == "replay" or format == "report":
        template(server.desk.pages)


@router.get(f"{RUN}/script", response_class=Response, responses=SCRIPT_ANSWER)
def export_script(run_id: RunId, server: Server) -> Response:
    """A plain PyTorch script that repeats the run without NormScope; 409 where no script can."""
    script = script_of(server.store, run_id)
    return Response(script, media_type="text/x-python", headers=_attachment(f"normscope-{run_id[:8]}.py"))


@router.get(f"{RUN}/replay", response_class=Response, responses=HTML_ANSWER)
def export_replay(run_id: RunId, server: Server) -> Response:
    """The run's pages with all they show in one HTML file; 409 where nothing was measured yet."""
    return _html(run_file(server.desk, run_id, "replay"), f"normscope-{run_id[:8]}-replay")


@router.get(f"{RUN}/report", response_class=Response, responses=HTML_ANSWER)
def export_report(run_id: RunId, server: Server) -> Response:
    """The same file, beginning with a report that can be printed."""
    return _html(run_file(server.desk, run_id, "report"), f"normscope-{run_id[:8]}-report")


@router.get("/sweeps/{sweep_id}/export/report", response_class=Response, responses=HTML_ANSWER)
def export_sweep(sweep_id: SweepId, server: Server) -> Response:
    """The report of a sweep, as far as it is known."""
    return _html(sweep_file(server.desk, sweep_id), f"normscope-{sweep_id[:8]}-report")


@router.get("/claims/{claim_id}/export/report", response_class=Response, responses=HTML_ANSWER)
def export_claim(claim_id: ClaimId, server: Server) -> Response:
    """The report of a claim: its newest trials; 409 where it was not tried yet."""
    found = find_claim(claim_id)
    return _html(claims_file(server.desk, [found]), f"normscope-claim-{found.number}")


def _html(body: bytes, name: str) -> Response:
    return Response(body, media_type="text/html; charset=utf-8", headers=_attachment(f"{name}.html"))


def _attachment(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}


@router.get(f"{RUN}/{{format}}", response_class=StreamingResponse, responses=FILE_ANSWER)
def export_run(run_id: RunId, format: Format, server: Server) -> StreamingResponse:
    """Every closed window with the meaning of its series beside it."""
    measured(server.store, run_id)
    pieces = export(server.store, run_id, format)
    headers = _attachment(f"normscope-{run_id[:8]}.{format}")
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[format], headers=headers)
