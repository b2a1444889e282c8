"""Sweeps as rows: a sweep and its cells, which are runs. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from normscope.core.commands import Stop
from normscope.core.phase import CellRecord, SweepRecord, SweepSummary, arm_cell, busy, eta, largest_stable, progress
from normscope.core.phase import sweep_state as state_of
from normscope.core.record import ENDED, LIVE, Progress, RunState
from normscope.core.sweep import Cell, SweepSpec
from normscope.errors import CommandRefused, SweepNotFound
from normscope.storage import commands, leases
from normscope.storage.runs import create as create_run
from normscope.storage.runs import queued, remove
from normscope.storage.tables import group, live, runs, sweeps

_CELLS = sa.select(
    runs.c.sweep_id,
    runs.c.id,
    runs.c.cell,
    runs.c.state,
    runs.c.started_at,
    runs.c.ended_at,
    runs.c.error,
    runs.c.version,
).where(runs.c.sweep_id.is_not(None))


def create(
    connection: sa.Connection,
    sweep_id: str,
    spec: SweepSpec,
    cells: Sequence[tuple[str, Cell, float]],
    *,
    now: float,
) -> None:
    """A queued sweep. ``cells``: id, cell and estimated seconds of each run, in order."""
    axes = [axis.model_dump(mode="json") for axis in spec.axes]
    row = {"id": sweep_id, "created_at": now, "name": spec.name or spec.base.name, "state": "open"}
    connection.execute(sa.insert(sweeps).values(row | {"base": spec.base.model_dump_json(), "axes": json.dumps(axes)}))
    for index, (run_id, cell, seconds) in enumerate(cells):
        create_run(connection, run_id, cell.spec, estimated_seconds=seconds, now=now, sweep=(sweep_id, index))


def get(connection: sa.Connection, sweep_id: str, *, now: float) -> SweepRecord:
    """A sweep with all its cells.

    Raises:
        SweepNotFound: no sweep has this id.
    """
    row = connection.execute(sa.select(sweeps).where(sweeps.c.id == sweep_id)).mappings().first()
    if row is None:
        raise not_found(sweep_id)
    query = _CELLS.add_columns(live.c.progress).join(live, live.c.run_id == runs.c.id)
    found = connection.execute(query.where(runs.c.sweep_id == sweep_id)).mappings().all()
    spec = _spec(row)
    cells = _cells(spec, found)
    arms = tuple(arm.name for arm in spec.base.arms)
    return SweepRecord(
        **_summary(row, spec, cells, found, now).model_dump(),
        spec=spec,
        cells=tuple(cells),
        largest_stable=largest_stable(spec.axes, arms, cells),
    )


def select(connection: sa.Connection, *, limit: int, before: float | None, now: float) -> list[SweepSummary]:
    """Newest first; ``before`` is the ``created_at`` of the last one seen."""
    query = sa.select(sweeps).order_by(sweeps.c.created_at.desc(), sweeps.c.id).limit(limit)
    if before is not None:
        query = query.where(sweeps.c.created_at < before)
    rows = connection.execute(query).mappings().all()
    # Only of live cells is it worth while to read how far they are.
    shown = sa.case((runs.c.state.in_(sorted(LIVE)), live.c.progress), else_="{}").label("progress")
    cells = _CELLS.add_columns(shown).join(live, live.c.run_id == runs.c.id)
    of: dict[str, list[sa.RowMapping]] = {row["id"]: [] for row in rows}
    for cell in connection.execute(cells.where(runs.c.sweep_id.in_(of))).mappings():
        of[cell["sweep_id"]].append(cell)
    return [_summary(row, (spec := _spec(row)), _cells(spec, of[row["id"]]), of[row["id"]], now) for row in rows]


def stop(connection: sa.Connection, sweep_id: str, new_id: Callable[[], str], *, now: float) -> list[str]:
    """Stop all cells: queued ones here and now, live ones by a command. Returns the ids of all that it concerns.

    Raises:
        SweepNotFound: no sweep has this id.
        CommandRefused: all cells have ended.
    """
    _check_exists(connection, sweep_id)
    open_cells = connection.execute(
        sa.select(runs.c.id, runs.c.state).where(runs.c.sweep_id == sweep_id, runs.c.state.not_in(sorted(ENDED)))
    ).all()
    if not open_cells:
        raise CommandRefused("cannot stop: all cells have ended")
    connection.execute(sa.update(sweeps).where(sweeps.c.id == sweep_id).values(state="stopped"))
    connection.execute(
        sa.update(runs)
        .where(runs.c.sweep_id == sweep_id, runs.c.state == "queued")
        .values(state="stopped", ended_at=now, version=runs.c.version + 1)
    )
    for row in open_cells:
        if row.state != "queued":
            commands.ask(connection, row.id, Stop(), new_id(), now=now)
    return [row.id for row in open_cells]


def delete(connection: sa.Connection, sweep_id: str) -> list[tuple[str, int]]:
    """Forget a sweep with all its runs; their messages (run, epoch) are left to be purged.

    Raises:
        SweepNotFound: no sweep has this id.
        CommandRefused: a worker has one of its cells, or will.
    """
    _check_exists(connection, sweep_id)
    rows = connection.execute(sa.select(runs.c.id, runs.c.state).where(runs.c.sweep_id == sweep_id)).all()
    if any(row.state not in ENDED for row in rows):
        raise CommandRefused(f"sweep {sweep_id} has not ended: stop it before you delete it")
    left = [(row.id, remove(connection, row.id)) for row in rows]
    connection.execute(sa.delete(sweeps).where(sweeps.c.id == sweep_id))
    return left


def claim_next(connection: sa.Connection, *, workers: int, until: float) -> str | None:
    """Mark the next queued cell as starting, for a worker that is free; its id.

    None: a run outside all sweeps and trials waits, ``workers`` are at work already, or there is no cell.
    """
    run_id = queued(connection)
    if run_id is None or connection.scalar(sa.select(group).where(runs.c.id == run_id)) is None:
        return None
    at_work = connection.scalar(sa.select(sa.func.count()).where(runs.c.state.in_(sorted(LIVE))))
    if at_work is not None and at_work >= workers:
        return None
    return run_id if leases.claim(connection, run_id, until=until) else None


def open_count(connection: sa.Connection) -> int:
    """How many launches wait or train: single runs, sweeps and trials."""
    launch = sa.func.coalesce(group, runs.c.id)
    query = sa.select(sa.func.count(sa.distinct(launch))).where(runs.c.state.not_in(sorted(ENDED)))
    return connection.scalar(query) or 0


def not_found(sweep_id: str) -> SweepNotFound:
    """The error for an unknown id."""
    return SweepNotFound(f"no sweep has the id {sweep_id!r}")


def _check_exists(connection: sa.Connection, sweep_id: str) -> None:
    if connection.scalar(sa.select(sweeps.c.id).where(sweeps.c.id == sweep_id)) is None:
        raise not_found(sweep_id)


def _spec(row: sa.RowMapping) -> SweepSpec:
    return SweepSpec.model_validate_json(
        f'{{"name":{json.dumps(row["name"])},"base":{row["base"]},"axes":{row["axes"]}}}'
    )


def _cells(spec: SweepSpec, rows: Sequence[sa.RowMapping]) -> list[CellRecord]:
    """All cells in order; one whose run was deleted is stopped, and has none."""
    by_cell = {row["cell"]: row for row in rows}
    cells = []
    for index, values in enumerate(spec.grid()):
        row = by_cell.get(index)
        steps = next((v for a, v in zip(spec.axes, values, strict=True) if a.field == "steps"), spec.base.steps)
        if row is None:
            cells.append(CellRecord(values=values, run=None, state="stopped", steps=steps))
            continue
        said = Progress.model_validate_json(row["progress"])
        state: RunState = row["state"]
        cells.append(
            CellRecord(
                values=values,
                run=row["id"],
                state=state,
                step=said.step,
                steps=steps,
                error=row["error"],
                arms=tuple(arm_cell(arm) for arm in said.arms),
            )
        )
    return cells


def _summary(
    row: sa.RowMapping, spec: SweepSpec, cells: Sequence[CellRecord], rows: Sequence[sa.RowMapping], now: float
) -> SweepSummary:
    states = [cell.state for cell in cells]
    state = state_of(states, stopped=row["state"] == "stopped")
    running = sum(one in LIVE for one in states)
    started = [cell["started_at"] for cell in rows if cell["started_at"] is not None]
    ended = [cell["ended_at"] for cell in rows if cell["ended_at"] is not None]
    worked = busy([(cell["started_at"], cell["ended_at"]) for cell in rows], now)
    return SweepSummary(
        id=row["id"],
        name=row["name"],
        created_at=row["created_at"],
        started_at=min(started, default=None),
        ended_at=max(ended, default=None) if state in ("finished", "stopped") else None,
        state=state,
        axes=spec.axes,
        arms=tuple(arm.name for arm in spec.base.arms),
        count=len(cells),
        ended=sum(one in ENDED for one in states),
        running=running,
        progress=progress(cells),
        eta_seconds=eta(cells, worked / max(1, running)),
        version=sum(cell["version"] for cell in rows),
    )
