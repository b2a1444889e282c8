"""Commands for runs: the server asks, the worker answers. Each function runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from normscope.core.record import ENDED
from normscope.errors import CommandRefused
from normscope.storage.model import Command, CommandKind, Lease
from normscope.storage.runs import not_found
from normscope.storage.stream import held
from normscope.storage.tables import commands, runs

# Built once: a worker asks ten times a second.
_WAITING = (
    sa.select(commands.c.id, commands.c.kind)
    .where(commands.c.run_id == sa.bindparam("run"), commands.c.answered.is_(False))
    .order_by(commands.c.number)
)


def ask(connection: sa.Connection, run_id: str, kind: CommandKind, command_id: str, *, now: float) -> Command:
    """Ask a run to pause, resume or stop. A queued run is stopped here and now.

    Raises:
        RunNotFound: no run has this id.
        CommandRefused: the run's state, or what was asked before and not yet answered, does not allow it.
    """
    row = connection.execute(sa.select(runs.c.state, runs.c.version).where(runs.c.id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    if row.state in ENDED:
        raise CommandRefused(f"cannot {kind}: the run is {row.state}")
    answered = False
    if row.state == "queued":
        if kind != "stop":
            raise CommandRefused(f"cannot {kind}: the run is queued")
        change = {"state": "stopped", "ended_at": now, "version": row.version + 1}
        connection.execute(sa.update(runs).where(runs.c.id == run_id).values(change))
        answered = True
    else:
        _check(row.state, waiting(connection, run_id), kind)
    values = {"id": command_id, "run_id": run_id, "kind": kind, "created_at": now, "answered": answered}
    connection.execute(sa.insert(commands).values(values))
    return Command(command_id, kind)


def waiting(connection: sa.Connection, run_id: str) -> list[Command]:
    """What was asked and not yet answered, oldest first."""
    return [Command(row.id, row.kind) for row in connection.execute(_WAITING, {"run": run_id})]


def for_holder(connection: sa.Connection, lease: Lease) -> list[Command]:
    """What waits for the worker, oldest first.

    Raises:
        LeaseLost: the token is not the run's any more, or the run has ended.
    """
    held(connection, lease)
    return waiting(connection, lease.run_id)


def answer(connection: sa.Connection, command_ids: Sequence[str]) -> None:
    """The commands took effect."""
    if command_ids:
        connection.execute(sa.update(commands).where(commands.c.id.in_(command_ids)).values(answered=True))


def _check(state: str, asked: list[Command], kind: CommandKind) -> None:
    """Refuse what makes no sense once everything that was asked before is done."""
    then = state
    for command in asked:
        then = {"pause": "paused", "resume": "running", "stop": "stopping"}[command.kind]
    if kind == "pause" and then not in ("starting", "running"):
        raise CommandRefused(f"cannot pause: the run is {then}")
    if kind == "resume" and then != "paused":
        raise CommandRefused(f"cannot resume: the run is {then}, not paused")
