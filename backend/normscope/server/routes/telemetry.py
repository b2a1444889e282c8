"""What was measured, as Arrow streams."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query, Response
from fastapi.exceptions import RequestValidationError

from normscope.core.telemetry import POINTS, VECTORS
from normscope.server.envelope import Window, envelope, thin_out
from normscope.server.points import answer
from normscope.server.routes.runs import RunId
from normscope.server.services import Server

ARROW = "application/vnd.apache.arrow.stream"
router = APIRouter(prefix="/runs/{run_id}", tags=["telemetry"])
SeriesQuery = Annotated[
    str | None,
    Query(pattern=r"^\d{1,9}(,\d{1,9})*$", max_length=60_000, description="Comma-separated ids; all when absent."),
]
StepQuery = Annotated[int | None, Query(ge=0, le=2**32 - 1)]


class Choice(NamedTuple):
    """Steps and series; None: from the first, to the last, all."""

    from_step: int | None
    to_step: int | None
    series: tuple[int, ...] | None


ARROW_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "description": "An Arrow IPC stream; its schema metadata has `run`, `epoch`, `sequence` (the last one "
        "contained, from which the websocket goes on), `kind`, `first_step`, `last_step`.",
        "content": {ARROW: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def chosen(from_step: StepQuery = None, to_step: StepQuery = None, series: SeriesQuery = None) -> Choice:
    """Which part of a run is asked for."""
    if from_step is not None and to_step is not None and from_step > to_step:
        message = f"expected at least from_step = {from_step}, got {to_step}"
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("query", "to_step"), "msg": message, "input": to_step}]
        )
    wanted = None if series is None else tuple(sorted({int(part) for part in series.split(",")}))
    return Choice(from_step, to_step, wanted)


Chosen = Annotated[Choice, Depends(chosen)]


@router.get("/telemetry", response_class=Response, responses=ARROW_ANSWER)
def telemetry(
    run_id: RunId,
    server: Server,
    choice: Chosen,
    points: Annotated[int, Query(ge=1, le=100_000, description="At most so many points of each series.")] = 1000,
    total: Annotated[
        int | None,
        Query(ge=1, le=100_000_000, description="At most so many points of all series, but at least 100 of each."),
    ] = None,
) -> Response:
    """Scalar series between two steps. Where there are more than `points`, neighbours are merged: low and high are
    exact, the value is the mean weighted by window, so no spike is hidden."""
    read = server.points.read(run_id)
    body = answer(POINTS, envelope(read.points(), Window(points, *choice, total)), read, run_id)
    return Response(body, media_type=ARROW)


@router.get("/vectors", response_class=Response, responses=ARROW_ANSWER)
def vectors(
    run_id: RunId,
    server: Server,
    choice: Chosen,
    points: Annotated[int, Query(ge=1, le=10_000, description="At most so many vectors of each series.")] = 500,
) -> Response:
    """Vector series (percentiles of each unit, histograms). Where there are more than `points`, evenly spaced ones
    are kept as they were observed."""
    read = server.points.read(run_id)
    body = answer(VECTORS, thin_out(read.vectors(), Window(points, *choice)), read, run_id)
    return Response(body, media_type=ARROW)
