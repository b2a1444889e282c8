"""Runs as rows: create, read, list, delete. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from normscope.core.record import ENDED, Progress, RunRecord, RunState
from normscope.core.spec import RunSpec
from normscope.errors import CommandRefused, RunNotFound
from normscope.storage.tables import commands, documents, live, purges, runs

_RECORD = sa.select(
    runs,
    documents.c.spec,
    documents.c.fairness,
    live.c.progress,
).select_from(runs.join(documents, documents.c.run_id == runs.c.id).join(live, live.c.run_id == runs.c.id))


def create(connection: sa.Connection, run_id: str, spec: RunSpec, *, estimated_seconds: float, now: float) -> None:
    """A queued run."""
    row = {"id": run_id, "state": "queued", "created_at": now, "estimated_seconds": estimated_seconds}
    connection.execute(sa.insert(runs).values(row))
    connection.execute(sa.insert(documents).values(run_id=run_id, spec=spec.model_dump_json()))
    connection.execute(sa.insert(live).values(run_id=run_id))


def get(connection: sa.Connection, run_id: str) -> RunRecord:
    """The record of one run.

    Raises:
        RunNotFound: no run has this id.
    """
    row = connection.execute(_RECORD.where(runs.c.id == run_id)).mappings().first()
    if row is None:
        raise not_found(run_id)
    return _record(row)


def select(
    connection: sa.Connection, *, limit: int, before: float | None, states: Iterable[RunState] | None
) -> list[RunRecord]:
    """Newest first; ``before`` is the ``created_at`` of the last one seen."""
    query = _RECORD.order_by(runs.c.created_at.desc(), runs.c.id).limit(limit)
    if before is not None:
        query = query.where(runs.c.created_at < before)
    if states is not None:
        query = query.where(runs.c.state.in_(sorted(states)))
    return [_record(row) for row in connection.execute(query).mappings()]


def queued(connection: sa.Connection) -> str | None:
    """The id of the run that waits longest."""
    query = sa.select(runs.c.id).where(runs.c.state == "queued").order_by(runs.c.created_at, runs.c.id).limit(1)
    return connection.scalar(query)


def remove(connection: sa.Connection, run_id: str) -> int:
    """Forget a run; its messages of the returned epoch are left to be purged.

    Raises:
        RunNotFound: no run has this id.
        CommandRefused: a worker has it.
    """
    row = connection.execute(sa.select(runs.c.state, runs.c.epoch).where(runs.c.id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    if row.state != "queued" and row.state not in ENDED:
        raise CommandRefused(f"run {run_id} is {row.state}: stop it before you delete it")
    connection.execute(sa.insert(purges).values(run_id=run_id, epoch=row.epoch))
    connection.execute(sa.delete(commands).where(commands.c.run_id == run_id))
    connection.execute(sa.delete(live).where(live.c.run_id == run_id))
    connection.execute(sa.delete(documents).where(documents.c.run_id == run_id))
    connection.execute(sa.delete(runs).where(runs.c.id == run_id))
    return int(row.epoch)


def not_found(run_id: str) -> RunNotFound:
    """The error for an unknown id."""
    return RunNotFound(f"no run has the id {run_id!r}")


def _record(row: sa.RowMapping) -> RunRecord:
    spec = RunSpec.model_validate_json(row["spec"])
    progress = Progress.model_validate_json(row["progress"])
    fairness: dict[str, Any] | None = None if row["fairness"] is None else json.loads(row["fairness"])
    state: RunState = row["state"]
    return RunRecord(
        id=row["id"],
        name=spec.name,
        spec=spec,
        state=state,
        step=progress.step,
        steps=spec.steps,
        steps_per_second=progress.steps_per_second,
        eta_seconds=None if state in ENDED else progress.eta_seconds,
        elapsed_seconds=progress.elapsed_seconds,
        phase=progress.phase,
        phase_fraction=progress.phase_fraction,
        arms=progress.arms,
        fairness=fairness,
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        error=row["error"],
        epoch=row["epoch"],
        sequence=row["sequence"],
        version=row["version"],
        estimated_seconds=row["estimated_seconds"],
    )
