"""After the end: a stream's chunks rewritten as fewer, larger ones.

The next epoch is written beside the current one, some messages at a time, so that live runs wait for milliseconds at
most; then ``runs.epoch`` flips. ``purges`` names the epoch that is not the run's, so a crash leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import sqlalchemy as sa

from normscope.core.events import NumberedEvent, RewoundEvent
from normscope.core.record import ENDED
from normscope.core.rewind import Rewinds, points_until, vectors_until
from normscope.core.telemetry import (
    Points,
    Vectors,
    concat_points,
    decode_points,
    decode_vectors,
    encode_points,
    encode_vectors,
    metadata_of,
)
from normscope.errors import CommandRefused
from normscope.storage import stream
from normscope.storage.engine import Database
from normscope.storage.model import Head, Message, MessageKind
from normscope.storage.runs import not_found
from normscope.storage.tables import messages, purges, runs

POINTS_PER_CHUNK = 131_072
VECTOR_VALUES_PER_CHUNK = 524_288


def candidates(connection: sa.Connection, *, ended_before: float) -> list[str]:
    """Ended runs whose stream was not compacted yet, oldest first."""
    query = (
        sa.select(runs.c.id)
        .where(runs.c.state.in_(sorted(ENDED)), runs.c.compacted.is_(False), runs.c.ended_at < ended_before)
        .order_by(runs.c.ended_at)
    )
    return list(connection.scalars(query))


def compact(database: Database, run_id: str) -> bool:
    """Rewrite a stream; returns whether that made it shorter, else it stays as it is.

    Raises:
        RunNotFound: no run has this id.
        CommandRefused: the run has not ended.
    """
    with database.read() as connection:
        row = connection.execute(sa.select(runs.c.state, runs.c.compacted).where(runs.c.id == run_id)).first()
        if row is None:
            raise not_found(run_id)
        if row.state not in ENDED:
            raise CommandRefused(f"cannot compact: the run is {row.state}")
        before = stream.head(connection, run_id)
    if row.compacted:
        return False
    epoch = before.epoch + 1
    purge(database, run_id, epoch)  # what an attempt that was cut off left over
    with database.write() as connection:
        connection.execute(sa.insert(purges).values(run_id=run_id, epoch=epoch))
    last = 0
    for last, (kind, body) in enumerate(_rewritten(database, run_id, before), start=1):
        with database.write() as connection:
            values = {"run_id": run_id, "epoch": epoch, "sequence": last, "kind": kind, "body": body}
            connection.execute(sa.insert(messages).values(values))
    flipped = False
    with database.write() as connection:
        change: dict[str, Any] = {"compacted": True}
        if last < before.sequence:
            change.update(epoch=epoch, sequence=last, version=runs.c.version + 1)
        # an ended run may have been taken up again meanwhile
        same = (runs.c.id == run_id, runs.c.state.in_(sorted(ENDED)), runs.c.sequence == before.sequence)
        rested = connection.execute(sa.update(runs).where(*same).values(change)).rowcount == 1
        if rested and last < before.sequence:
            flipped = True
            connection.execute(sa.delete(purges).where(purges.c.run_id == run_id, purges.c.epoch == epoch))
            connection.execute(sa.insert(purges).values(run_id=run_id, epoch=before.epoch))
    purge(database, run_id, before.epoch if flipped else epoch)
    return flipped


def purge(database: Database, run_id: str, epoch: int) -> None:
    """Delete the messages of an epoch that nobody reads any more, some at a time."""
    more = True
    while more:
        with database.write() as connection:
            more = stream.purge_some(connection, run_id, epoch)


_Part = TypeVar("_Part", Points, Vectors)


@dataclass
class _Pool(Generic[_Part]):
    """Decoded chunks that wait to become one. ``size`` counts numbers, ``time`` is the last chunk's."""

    parts: list[_Part] = field(default_factory=list)
    size: int = 0
    time: float = 0.0


def _rewritten(database: Database, run_id: str, before: Head) -> Iterator[tuple[MessageKind, bytes]]:
    """The new messages, in order: the manifest, the chunks, then the other events as they came."""
    sequence = 0
    with database.read() as connection:
        known = stream.events(connection, run_id, epoch=before.epoch)
    rewinds = Rewinds(known)
    # In front of all chunks a rewinding makes nothing void any more.
    first = [each.event for each in known if isinstance(each.event, RewoundEvent)]
    events = [each.event for each in known if not isinstance(each.event, RewoundEvent) and rewinds.stands(each)]
    points: _Pool[Points] = _Pool()
    vectors: _Pool[Vectors] = _Pool()
    for message in _all(database, run_id, before):
        limit = rewinds.limit(message.sequence)
        if message.kind == "event":
            if message.sequence > 1:
                continue
            body: bytes | None = message.body
        elif message.kind == "points":
            body = _pool_points(points, message.body, run_id, sequence + 1, limit)
        else:
            body = _pool_vectors(vectors, message.body, run_id, sequence + 1, limit)
        if body is not None:
            sequence += 1
            yield message.kind, body
        if message.sequence == 1:
            for rewound in first:
                sequence += 1
                yield "event", NumberedEvent(sequence=sequence, event=rewound).model_dump_json().encode()
    if points.parts:
        sequence += 1
        yield "points", _flush_points(points, run_id, sequence)
    if vectors.parts:
        sequence += 1
        yield "vectors", _flush_vectors(vectors, run_id, sequence)
    for event in events:
        sequence += 1
        yield "event", NumberedEvent(sequence=sequence, event=event).model_dump_json().encode()


def _pool_points(pool: _Pool[Points], chunk: bytes, run_id: str, sequence: int, limit: int | None) -> bytes | None:
    part = decode_points(chunk)
    if limit is not None:
        part = points_until(part, limit)
    pool.parts.append(part)
    pool.size += len(part)
    pool.time = float(metadata_of(chunk)["time"])
    return _flush_points(pool, run_id, sequence) if pool.size >= POINTS_PER_CHUNK else None


def _pool_vectors(pool: _Pool[Vectors], chunk: bytes, run_id: str, sequence: int, limit: int | None) -> bytes | None:
    part = decode_vectors(chunk)
    if limit is not None:
        part = vectors_until(part, limit)
    pool.parts.append(part)
    pool.size += sum(map(len, part.value))
    pool.time = float(metadata_of(chunk)["time"])
    return _flush_vectors(pool, run_id, sequence) if pool.size >= VECTOR_VALUES_PER_CHUNK else None


def _flush_points(pool: _Pool[Points], run_id: str, sequence: int) -> bytes:
    chunk = encode_points(concat_points(pool.parts), run=run_id, sequence=sequence, time=pool.time)
    pool.parts, pool.size = [], 0
    return chunk


def _flush_vectors(pool: _Pool[Vectors], run_id: str, sequence: int) -> bytes:
    step = np.concatenate([part.step for part in pool.parts])
    series = np.concatenate([part.series for part in pool.parts])
    values = [value for part in pool.parts for value in part.value]
    order = np.lexsort((step, series))
    whole = Vectors(step[order], series[order], tuple(values[i] for i in order))
    pool.parts, pool.size = [], 0
    return encode_vectors(whole, run=run_id, sequence=sequence, time=pool.time)


def _all(database: Database, run_id: str, head: Head) -> Iterator[Message]:
    """Every message of an ended run, in short transactions."""
    after = 0
    while after < head.sequence:
        with database.read() as connection:
            found = stream.replay(connection, run_id, after, limit_bytes=4_000_000, epoch=head.epoch)
        if not found:
            return
        yield from found
        after = found[-1].sequence
