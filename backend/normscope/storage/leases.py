"""Who may write: leases with fencing tokens, and states. Each function runs inside the caller's transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from normscope.core.record import ENDED, LIVE, RunState
from normscope.errors import LeaseLost
from normscope.storage.model import Holder, Lease, LiveRun
from normscope.storage.runs import not_found
from normscope.storage.stream import held
from normscope.storage.tables import commands, runs


def claim(connection: sa.Connection, run_id: str, *, until: float) -> bool:
    """Mark a queued run as starting, before its worker exists; False where it is not queued any more."""
    result = connection.execute(
        sa.update(runs)
        .where(runs.c.id == run_id, runs.c.state == "queued")
        .values(state="starting", version=runs.c.version + 1, lease_until=until)
    )
    return result.rowcount == 1


def acquire(connection: sa.Connection, run_id: str, holder: Holder, *, now: float, until: float) -> Lease:
    """The first lease of this attempt of a run that is queued, or starting and not yet taken.

    Raises:
        RunNotFound: no run has this id.
        LeaseLost: another process has or had it.
    """
    query = sa.select(runs.c.state, runs.c.token, runs.c.sequence, runs.c.epoch, runs.c.version, runs.c.pid)
    row = connection.execute(query.where(runs.c.id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    if row.state not in ("queued", "starting") or row.pid is not None:
        raise LeaseLost(f"run {run_id} is {row.state}: another process has or had it")
    connection.execute(
        sa.update(runs)
        .where(runs.c.id == run_id)
        .values(
            state="starting",
            started_at=sa.func.coalesce(runs.c.started_at, now),
            token=row.token + 1,
            version=row.version + 1,
            lease_until=until,
            host=holder.host,
            pid=holder.pid,
            process_started=holder.started,
        )
    )
    return Lease(run_id, row.token + 1, row.sequence, row.epoch)


def renew(connection: sa.Connection, lease: Lease, *, until: float) -> None:
    """Prolong the lease.

    Raises:
        LeaseLost: the token is not the run's any more, or the run has ended.
    """
    held(connection, lease)
    connection.execute(sa.update(runs).where(runs.c.id == lease.run_id).values(lease_until=until))


def take_over(connection: sa.Connection, run_id: str, *, until: float) -> Lease:
    """Fence the worker of a live run: from now on only the returned lease may write.

    Raises:
        RunNotFound: no run has this id.
        LeaseLost: the run has ended meanwhile, or never began.
    """
    query = sa.select(runs.c.state, runs.c.token, runs.c.sequence, runs.c.epoch).where(runs.c.id == run_id)
    row = connection.execute(query).first()
    if row is None:
        raise not_found(run_id)
    if row.state not in LIVE:
        raise LeaseLost(f"run {run_id} is {row.state}: there is no lease to take over")
    change: dict[str, Any] = {"token": row.token + 1, "lease_until": until}
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(change))
    return Lease(run_id, row.token + 1, row.sequence, row.epoch)


def set_state(connection: sa.Connection, lease: Lease, state: RunState, *, error: str | None, now: float) -> None:
    """Write a state. An ended run has answered all commands; an interrupted one may still do so.

    Raises:
        LeaseLost: the token is not the run's any more, or the run has ended.
    """
    row = held(connection, lease)
    change: dict[str, Any] = {"state": state, "version": row.version + 1}
    if state == "queued":
        change.update(lease_until=None, started_at=None, host=None, pid=None, process_started=None)
    if state in ENDED:
        change.update(ended_at=now, error=error, lease_until=None)
        if state != "interrupted":
            connection.execute(sa.update(commands).where(commands.c.run_id == lease.run_id).values(answered=True))
    connection.execute(sa.update(runs).where(runs.c.id == lease.run_id).values(change))


def take_up(connection: sa.Connection, run_id: str) -> None:
    """Queue an ended run for one more attempt."""
    change: dict[str, Any] = dict.fromkeys(("ended_at", "error", "lease_until", "host", "pid", "process_started"))
    change |= {"state": "queued", "compacted": False}
    change |= {"attempt": runs.c.attempt + 1, "version": runs.c.version + 1}
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(change))


def holder(connection: sa.Connection, run_id: str) -> Holder | None:
    """The process that has, or last had, the run.

    Raises:
        RunNotFound: no run has this id.
    """
    query = sa.select(runs.c.host, runs.c.pid, runs.c.process_started).where(runs.c.id == run_id)
    row = connection.execute(query).first()
    if row is None:
        raise not_found(run_id)
    return None if row.pid is None else Holder(row.host, row.pid, row.process_started)


def live(connection: sa.Connection, *, now: float) -> list[LiveRun]:
    """All runs that are starting, running or paused, oldest first."""
    waiting = (
        sa.select(sa.func.min(commands.c.created_at))
        .where(commands.c.run_id == runs.c.id, commands.c.kind == "stop", commands.c.answered.is_(False))
        .scalar_subquery()
    )
    last = (
        sa.select(commands.c.kind)
        .where(commands.c.run_id == runs.c.id)
        .order_by(commands.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(runs, waiting.label("stop_since"), last.label("last_command"))
        .where(runs.c.state.in_(sorted(LIVE)))
        .order_by(runs.c.created_at, runs.c.id)
    )
    found = []
    for row in connection.execute(query):
        process = None if row.pid is None else Holder(row.host, row.pid, row.process_started)
        left = 0.0 if row.lease_until is None else row.lease_until - now
        stop_waiting = None if row.stop_since is None else now - row.stop_since
        found.append(LiveRun(row.id, row.state, process, left, stop_waiting, row.last_command == "stop"))
    return found
