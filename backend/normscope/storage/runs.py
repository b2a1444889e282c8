"""Runs as rows: create, read, list, delete. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from normscope.core.fork import Origin
from normscope.core.record import ENDED, Parent, Progress, RunRecord, RunState
from normscope.core.spec import RunSpec
from normscope.errors import CommandRefused, RunNotFound
from normscope.storage.tables import checkpoints, commands, documents, group, live, purges, runs

_RECORD = sa.select(
    runs,
    documents.c.spec,
    documents.c.fairness,
    live.c.progress,
).select_from(runs.join(documents, documents.c.run_id == runs.c.id).join(live, live.c.run_id == runs.c.id))


def create(
    connection: sa.Connection,
    run_id: str,
    spec: RunSpec,
    *,
    estimated_seconds: float,
    now: float,
    sweep: tuple[str, int] | None = None,
    trial: tuple[str, int] | None = None,
    fork: tuple[Parent, Origin] | None = None,
) -> None:
    """A queued run; ``sweep``, ``trial``: the id of what it belongs to, and its place; ``fork``: where it begins."""
    row = {"id": run_id, "state": "queued", "created_at": now, "estimated_seconds": estimated_seconds}
    if sweep is not None:
        row["sweep_id"], row["cell"] = sweep
    if trial is not None:
        row["trial_id"], row["cell"] = trial
    document = {"run_id": run_id, "spec": spec.model_dump_json()}
    if fork is not None:
        parent, origin = fork
        row["parent_run"], row["parent_step"] = parent.run, parent.step
        document["fork"] = origin.model_dump_json()
    connection.execute(sa.insert(runs).values(row))
    connection.execute(sa.insert(documents).values(document))
    connection.execute(sa.insert(live).values(run_id=run_id))


def get(connection: sa.Connection, run_id: str) -> RunRecord:
    """The record of one run.

    Raises:
        RunNotFound: no run has this id.
    """
    row = connection.execute(_RECORD.where(runs.c.id == run_id)).mappings().first()
    if row is None:
        raise not_found(run_id)
    return _record(row, *_relations(connection, [run_id]))


def origin(connection: sa.Connection, run_id: str) -> Origin | None:
    """What a fork took over from its parent's record; None: it is no fork."""
    found = connection.scalar(sa.select(documents.c.fork).where(documents.c.run_id == run_id))
    return None if found is None else Origin.model_validate_json(found)


def select(
    connection: sa.Connection,
    *,
    limit: int,
    before: float | None,
    states: Iterable[RunState] | None,
    sweep: str | None = None,
) -> list[RunRecord]:
    """Newest first; ``before`` is the ``created_at`` of the last one seen. ``sweep``: its cells, else none of any.

    Runs of trials are left out too.
    """
    query = _RECORD.order_by(runs.c.created_at.desc(), runs.c.cell, runs.c.id).limit(limit)
    if before is not None:
        query = query.where(runs.c.created_at < before)
    if states is not None:
        query = query.where(runs.c.state.in_(sorted(states)))
    query = query.where(group.is_(None) if sweep is None else runs.c.sweep_id == sweep)
    rows = connection.execute(query).mappings().all()
    relations = _relations(connection, [row["id"] for row in rows])
    return [_record(row, *relations) for row in rows]


def queued(connection: sa.Connection) -> str | None:
    """The id of the run whose turn it is: single runs before those of sweeps and trials, then as they came."""
    order = (group.is_not(None), runs.c.created_at, runs.c.cell, runs.c.id)
    return connection.scalar(sa.select(runs.c.id).where(runs.c.state == "queued").order_by(*order).limit(1))


def unfinished(connection: sa.Connection) -> list[tuple[str, RunState]]:
    """Id and state of every run that has not ended, oldest first."""
    query = sa.select(runs.c.id, runs.c.state).where(runs.c.state.not_in(sorted(ENDED)))
    return [(row.id, row.state) for row in connection.execute(query.order_by(runs.c.created_at, runs.c.cell))]


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
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.run_id == run_id))
    connection.execute(sa.delete(live).where(live.c.run_id == run_id))
    connection.execute(sa.delete(documents).where(documents.c.run_id == run_id))
    connection.execute(sa.delete(runs).where(runs.c.id == run_id))
    return int(row.epoch)


def not_found(run_id: str) -> RunNotFound:
    """The error for an unknown id."""
    return RunNotFound(f"no run has the id {run_id!r}")


_Ids = dict[str, list[Any]]


def _relations(connection: sa.Connection, run_ids: Sequence[str]) -> tuple[_Ids, _Ids]:
    """Steps of the checkpoints, and ids of the forks, of each of these runs."""
    steps: _Ids = {}
    known = sa.select(checkpoints.c.run_id, checkpoints.c.step).where(checkpoints.c.run_id.in_(run_ids))
    for run_id, step in connection.execute(known.order_by(checkpoints.c.step)):
        steps.setdefault(run_id, []).append(step)
    forks: _Ids = {}
    children = sa.select(runs.c.parent_run, runs.c.id).where(runs.c.parent_run.in_(run_ids))
    for parent, run_id in connection.execute(children.order_by(runs.c.created_at, runs.c.id)):
        forks.setdefault(parent, []).append(run_id)
    return steps, forks


def _record(row: sa.RowMapping, steps: _Ids, forks: _Ids) -> RunRecord:
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
        steps=spec.steps + row["extra_steps"],
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
        attempt=row["attempt"],
        parent=None if row["parent_run"] is None else Parent(run=row["parent_run"], step=row["parent_step"]),
        forks=tuple(forks.get(row["id"], ())),
        sweep=row["sweep_id"],
        trial=row["trial_id"],
        cell=row["cell"],
        checkpoints=tuple(steps.get(row["id"], ())),
    )
