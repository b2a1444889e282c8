"""A run's points as a file, and the run as a script."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from normscope.server.routes.runs import RunId
from normscope.server.services import Server
from normscope.storage.export import MEDIA_TYPES, Format, export
from normscope.storage.script import script_of

router = APIRouter(prefix="/runs/{run_id}/export", tags=["telemetry"])
FILE_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()},
    }
}


SCRIPT_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"description": "The script, as an attachment.", "content": {"text/x-python": {"schema": {"type": "string"}}}}
}


@router.get("/script", response_class=Response, responses=SCRIPT_ANSWER)
def export_script(run_id: RunId, server: Server) -> Response:
    """A plain PyTorch script that repeats the run without NormScope; 409 where no script can."""
    name = f'attachment; filename="normscope-{run_id[:8]}.py"'
    return Response(script_of(server.store, run_id), media_type="text/x-python", headers={"Content-Disposition": name})


@router.get("/{format}", response_class=StreamingResponse, responses=FILE_ANSWER)
def export_run(run_id: RunId, format: Format, server: Server) -> StreamingResponse:
    """Every closed window with the meaning of its series beside it."""
    if server.store.head(run_id).sequence == 0:
        raise HTTPException(409, "expected a run that has measured something, got one that has not yet")
    pieces = export(server.store, run_id, format)
    name = f'attachment; filename="normscope-{run_id[:8]}.{format}"'
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[format], headers={"Content-Disposition": name})
