"""A run's stream: append under a lease, read behind a sequence. Each function runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from normscope.core.events import NumberedEvent
from normscope.core.record import LIVE, RunState
from normscope.errors import LeaseLost, StoreError
from normscope.storage.model import Head, Lease, Message
from normscope.storage.runs import not_found
from normscope.storage.tables import documents, live, messages, purges, runs

_PURGE_ROWS = 500

# The worker's own statements, built once: building one costs as much as executing it, and the worker's loop waits for
# whatever holds the interpreter.
_RUN: sa.BindParameter[str] = sa.bindparam("run")
_HELD = sa.select(runs.c.state, runs.c.token, runs.c.epoch, runs.c.sequence, runs.c.version).where(runs.c.id == _RUN)
_INSERT = sa.insert(messages)
_ADVANCE = (
    sa.update(runs)
    .where(runs.c.id == _RUN)
    .values(
        sequence=sa.bindparam("last"),
        version=sa.bindparam("next_version"),
        lease_until=sa.bindparam("until"),
        state=sa.func.coalesce(sa.bindparam("next_state"), runs.c.state),
    )
)
_SHOW = (
    sa.update(live)
    .where(live.c.run_id == _RUN)
    .values(
        tail=sa.bindparam("bytes", type_=live.c.tail.type),
        progress=sa.func.coalesce(sa.bindparam("json"), live.c.progress),
    )
)


def head(connection: sa.Connection, run_id: str) -> Head:
    """Where the stream stands.

    Raises:
        RunNotFound: no run has this id.
    """
    query = sa.select(runs.c.epoch, runs.c.sequence, runs.c.version).where(runs.c.id == run_id)
    row = connection.execute(query).first()
    if row is None:
        raise not_found(run_id)
    return Head(row.epoch, row.sequence, row.version)


def replay(
    connection: sa.Connection, run_id: str, after: int, *, limit_bytes: int, epoch: int | None = None
) -> list[Message]:
    """The messages behind ``after`` in order: at least one, if there is one, then as many as stay within the limit.

    Args:
        epoch: the epoch the caller reads; where the run has another by now, nothing is returned.

    Raises:
        RunNotFound: no run has this id.
    """
    current = head(connection, run_id).epoch
    if epoch is not None and epoch != current:
        return []
    query = (
        sa.select(messages.c.sequence, messages.c.kind, messages.c.body)
        .where(messages.c.run_id == run_id, messages.c.epoch == current, messages.c.sequence > after)
        .order_by(messages.c.sequence)
    )
    found: list[Message] = []
    total = 0
    with connection.execute(query) as rows:
        for row in rows:
            total += len(row.body)
            if found and total > limit_bytes:
                break
            found.append(Message(row.sequence, row.kind, row.body))
    return found


def events(connection: sa.Connection, run_id: str, *, epoch: int) -> list[NumberedEvent]:
    """All but the manifest, in order."""
    query = sa.select(messages.c.body).where(
        messages.c.run_id == run_id,
        messages.c.epoch == epoch,
        messages.c.sequence > 1,
        messages.c.kind == "event",
    )
    found = connection.scalars(query.order_by(messages.c.sequence))
    return [NumberedEvent.model_validate_json(body) for body in found]


def tail(connection: sa.Connection, run_id: str) -> bytes | None:
    """The provisional chunk of the windows that are still open.

    Raises:
        RunNotFound: no run has this id.
    """
    row = connection.execute(sa.select(live.c.tail).where(live.c.run_id == run_id)).first()
    if row is None:
        raise not_found(run_id)
    return None if row.tail is None else bytes(row.tail)


def append(
    connection: sa.Connection,
    lease: Lease,
    added: Sequence[Message],
    *,
    tail: bytes | None,
    progress: str | None,
    fairness: str | None,
    state: RunState | None,
    extra_steps: int | None,
    lease_until: float,
) -> None:
    """Store ``added`` behind what is there, in one transaction with record (``progress``, ``fairness``: JSON) and tail.

    Raises:
        LeaseLost: the token is not the run's any more, or the run has ended.
        StoreError: the sequences do not continue the stored ones.
    """
    row = held(connection, lease)
    expected = row.sequence + 1
    for message in added:
        if message.sequence != expected:
            raise StoreError(f"run {lease.run_id}: expected sequence {expected}, got {message.sequence}")
        expected += 1
    if added:
        rows = [
            {"run_id": lease.run_id, "epoch": row.epoch, "sequence": m.sequence, "kind": m.kind, "body": m.body}
            for m in added
        ]
        connection.execute(_INSERT, rows)
    change = {"last": expected - 1, "next_version": row.version + 1, "until": lease_until, "next_state": state}
    connection.execute(_ADVANCE, {"run": lease.run_id, **change})
    connection.execute(_SHOW, {"run": lease.run_id, "bytes": tail, "json": progress})
    if extra_steps is not None:
        connection.execute(sa.update(runs).where(runs.c.id == lease.run_id).values(extra_steps=extra_steps))
    if fairness is not None:
        connection.execute(sa.update(documents).where(documents.c.run_id == lease.run_id).values(fairness=fairness))


def held(connection: sa.Connection, lease: Lease) -> sa.Row[Any, Any, Any, Any, Any]:
    """The run's row, if ``lease`` still holds.

    Raises:
        LeaseLost: it does not.
    """
    row = connection.execute(_HELD, {"run": lease.run_id}).first()
    if row is None:
        raise LeaseLost(f"run {lease.run_id} was deleted")
    if row.token != lease.token:
        raise LeaseLost(f"run {lease.run_id}: expected token {row.token}, got {lease.token}: another process has it")
    if row.state not in LIVE:
        raise LeaseLost(f"run {lease.run_id} is {row.state}: nobody may append to it")
    return row


def purge_some(connection: sa.Connection, run_id: str, epoch: int) -> bool:
    """Delete some messages of an epoch that nobody reads any more; returns whether there may be more."""
    last = connection.scalar(
        sa.select(messages.c.sequence)
        .where(messages.c.run_id == run_id, messages.c.epoch == epoch)
        .order_by(messages.c.sequence)
        .offset(_PURGE_ROWS - 1)
        .limit(1)
    )
    which = sa.delete(messages).where(messages.c.run_id == run_id, messages.c.epoch == epoch)
    if last is not None:
        connection.execute(which.where(messages.c.sequence <= last))
        return True
    connection.execute(which)
    connection.execute(sa.delete(purges).where(purges.c.run_id == run_id, purges.c.epoch == epoch))
    return False
