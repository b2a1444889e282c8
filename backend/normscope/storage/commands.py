"""Commands for runs: the server asks, the worker answers. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from normscope.core.commands import CommandKind, Request
from normscope.core.record import ENDED
from normscope.errors import CommandRefused
from normscope.storage import checkpoints, leases
from normscope.storage.model import Command, Lease
from normscope.storage.runs import not_found
from normscope.storage.stream import held
from normscope.storage.tables import commands, runs

_COLUMNS = (commands.c.id, commands.c.kind, commands.c.payload, commands.c.number, commands.c.step)
# Built once: a worker asks ten times a second.
_WAITING = (
    sa.select(*_COLUMNS)
    .where(commands.c.run_id == sa.bindparam("run"), commands.c.answered.is_(False))
    .order_by(commands.c.number)
)
_THEN: dict[CommandKind, str] = {"pause": "paused", "step": "paused", "resume": "running", "stop": "stopping"}
"""The state to which a command leads."""
_NAMES: dict[CommandKind, str] = {"set_learning_rate": "set the learning rate", "set_speed": "set the speed"}


def ask(connection: sa.Connection, run_id: str, wanted: Request, command_id: str, *, now: float) -> Command:
    """Ask something of a run. A queued run is stopped, an ended one queued again, here and now.

    Raises:
        RunNotFound: no run has this id.
        CommandRefused: the run's state, or what was asked before and not yet answered, does not allow it.
    """
    row = connection.execute(sa.select(runs.c.state, runs.c.version).where(runs.c.id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    kind = wanted.kind
    answered = False
    if row.state in ENDED:
        _check_ended(connection, run_id, row.state, kind)
        leases.take_up(connection, run_id)
        answered = kind == "resume"
    elif row.state == "queued":
        if kind != "stop":
            raise CommandRefused(f"cannot {_name(kind)}: the run is queued")
        change = {"state": "stopped", "ended_at": now, "version": row.version + 1}
        connection.execute(sa.update(runs).where(runs.c.id == run_id).values(change))
        answered = True
    else:
        _check(row.state, waiting(connection, run_id), kind)
    payload = wanted.model_dump(exclude={"kind"})
    values: dict[str, Any] = {"id": command_id, "run_id": run_id, "kind": kind, "created_at": now}
    values |= {"answered": answered, "payload": json.dumps(payload) if payload else None}
    number = connection.execute(sa.insert(commands).values(values)).inserted_primary_key
    return Command(command_id, kind, payload, 0 if number is None else number[0])


def waiting(connection: sa.Connection, run_id: str) -> list[Command]:
    """What was asked and not yet answered, oldest first."""
    return [_command(row) for row in connection.execute(_WAITING, {"run": run_id})]


def for_holder(connection: sa.Connection, lease: Lease) -> list[Command]:
    """What waits for the worker, oldest first.

    Raises:
        LeaseLost: the token is not the run's any more, or the run has ended.
    """
    held(connection, lease)
    return waiting(connection, lease.run_id)


def applied(connection: sa.Connection, run_id: str, *, after: int) -> list[Command]:
    """What took effect and has a number greater than ``after``, in order."""
    query = sa.select(*_COLUMNS).where(
        commands.c.run_id == run_id, commands.c.step.is_not(None), commands.c.number > after
    )
    return [_command(row) for row in connection.execute(query.order_by(commands.c.number))]


def answer(connection: sa.Connection, steps: Mapping[str, int]) -> None:
    """The commands with these ids took effect after these steps."""
    for command_id, step in steps.items():
        change = sa.update(commands).where(commands.c.id == command_id).values(answered=True, step=step)
        connection.execute(change)


def _check(state: str, asked: Sequence[Command], kind: CommandKind) -> None:
    """Refuse what makes no sense once everything that was asked before is done."""
    then = state
    for command in asked:
        then = _THEN.get(command.kind, then)
    if then == "stopping" and kind != "stop":
        raise CommandRefused(f"cannot {_name(kind)}: the run is stopping")
    if kind == "pause" and then not in ("starting", "running"):
        raise CommandRefused(f"cannot pause: the run is {then}")
    if kind == "resume" and then != "paused":
        raise CommandRefused(f"cannot resume: the run is {then}, not paused")
    if kind == "step" and then not in ("running", "paused"):
        raise CommandRefused(f"cannot step: the run is {then}, neither running nor paused")


def _check_ended(connection: sa.Connection, run_id: str, state: str, kind: CommandKind) -> None:
    """Refuse what an ended run cannot do: an interrupted one can be resumed, a finished or stopped one extended."""
    if kind == "resume" and state == "interrupted":
        return
    if kind != "extend" or state not in ("finished", "stopped"):
        raise CommandRefused(f"cannot {_name(kind)}: the run is {state}")
    if checkpoints.newest(connection, run_id) is None:
        raise CommandRefused("cannot extend: the run has ended and left no checkpoint")


def _name(kind: CommandKind) -> str:
    return _NAMES.get(kind, kind)


def _command(row: sa.Row[Any, Any, Any, Any, Any]) -> Command:
    payload = {} if row.payload is None else json.loads(row.payload)
    return Command(row.id, row.kind, payload, row.number, row.step)
