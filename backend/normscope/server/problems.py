"""Errors as ``application/problem+json`` (RFC 9457), in plain words: *expected X, got Y*, and where."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from normscope.errors import (
    CommandRefused,
    CostLimitError,
    ExecutionError,
    ExportRefused,
    RunNotFound,
    SpecError,
    StoreError,
    SweepNotFound,
    TrialNotFound,
)
from normscope.server.plain_words import field_errors

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field at fault. ``path`` is dotted (``arms.1.norm.groups``), empty for the whole body."""

    path: str
    message: str
    code: str
    expected: str | None = None
    got: str | None = None


class Problem(BaseModel):
    """What went wrong. ``type`` is stable and meant for programs, ``detail`` for people."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


def problem(status: int, detail: str, *, kind: str = "", errors: Sequence[FieldError] = ()) -> Problem:
    """A problem with the title of its HTTP status; ``kind`` tells problems of one status apart."""
    title = HTTPStatus(status).phrase
    slug = kind or title.lower().replace(" ", "-")
    return Problem(type=f"urn:normscope:{slug}", title=title, status=status, detail=detail, errors=list(errors))


def respond(answer: Problem, headers: dict[str, str] | None = None) -> Response:
    """``answer`` as an HTTP response."""
    return Response(answer.model_dump_json(), status_code=answer.status, headers=headers, media_type=MEDIA_TYPE)


def spec_problem(faults: Sequence[SpecError]) -> Problem:
    """What keeps a spec from being run."""
    over_cost = isinstance(faults[0], CostLimitError)
    code = "cost_limit" if over_cost else "spec"
    errors = [FieldError(path=fault.path, message=str(fault), code=code) for fault in faults]
    detail = str(faults[0]) if len(faults) == 1 else f"{len(faults)} fields cannot be combined like this."
    return problem(422, detail, kind="cost-limit" if over_cost else "spec", errors=errors)


class SpecRefused(Exception):
    """Carries every fault of a spec to the handler."""

    def __init__(self, faults: Sequence[SpecError]) -> None:
        super().__init__(str(faults[0]))
        self.faults = faults


class LimitReached(Exception):
    """Too many runs: of this address, or at all."""

    def __init__(self, message: str, retry_seconds: float) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem."""
    statuses: dict[type[Exception], int] = {
        RunNotFound: 404,
        SweepNotFound: 404,
        TrialNotFound: 404,
        CommandRefused: 409,
        ExportRefused: 409,
        ExecutionError: 503,
        StoreError: 503,
    }

    async def known(_request: Request, error: Exception) -> Response:
        status = next(status for kind, status in statuses.items() if isinstance(error, kind))
        return respond(problem(status, str(error)))

    for kind in statuses:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SpecRefused, _refused)
    app.add_exception_handler(LimitReached, _limited)
    app.add_exception_handler(Exception, _unexpected)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [FieldError(**fault) for fault in field_errors(error.errors(), error.body)]
    if len(errors) == 1:
        detail = f"{errors[0].path}: {errors[0].message}" if errors[0].path else errors[0].message
    else:
        detail = f"{len(errors)} fields are not as expected."
    return respond(problem(422, detail, kind="validation", errors=errors))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail: Any = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"nothing is at {request.url.path}"
    elif error.status_code == 405:
        detail = f"{request.url.path} does not answer to {request.method}"
    return respond(problem(error.status_code, str(detail)), dict(error.headers or {}))


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SpecRefused)
    return respond(spec_problem(error.faults))


async def _limited(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LimitReached)
    return respond(problem(429, str(error)), {"Retry-After": str(max(1, round(error.retry_seconds)))})


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return respond(problem(500, "the server made a mistake; its log says more"))
