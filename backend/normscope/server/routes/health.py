"""For whoever watches the server from outside."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException

from normscope import __version__
from normscope.server.answers import Health
from normscope.server.services import Server

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> Health:
    """The process answers."""
    return Health(version=__version__)


@router.get("/ready")
def ready(server: Server) -> Health:
    """The database answers too, and runs are watched."""
    if server.supervision.done():
        raise HTTPException(503, "expected a supervisor at work, got one that ended: see the log, restart the server")
    server.store.list(limit=1)
    return Health(version=__version__)
