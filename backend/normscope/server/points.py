"""Decoded telemetry of the runs that were looked at last, read on from where the last reader stopped."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from normscope.core.events import NumberedEvent, RewoundEvent
from normscope.core.rewind import points_until, stands, vectors_until
from normscope.core.telemetry import (
    NO_POINTS,
    POINTS,
    VECTORS,
    Points,
    arrays_of,
    concat_points,
    decode_points,
    decode_vectors,
    encode_vectors,
    metadata_of,
)
from normscope.storage.store import Store

CACHE_BYTES = 256_000_000
BLOCK_BYTES = 4_000_000


@dataclass
class Read:
    """All of one epoch of a run's stream up to ``sequence`` that still counts. One thread at a time under ``lock``."""

    epoch: int
    sequence: int = 0
    vector_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    parts: list[Points] = field(default_factory=lambda: [NO_POINTS])
    chunks: list[bytes] = field(default_factory=list)
    events: list[NumberedEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was stored of a run when it was read: never changes."""

    epoch: int
    sequence: int
    events: list[NumberedEvent]
    _points: Points
    _chunks: tuple[bytes, ...]

    def points(self) -> Points:
        """All closed windows, sorted by series, then step."""
        return self._points

    def vectors(self) -> pa.Table:
        """All vectors, sorted by series, then step."""
        tables = [pa.ipc.open_stream(chunk).read_all().replace_schema_metadata(None) for chunk in self._chunks]
        whole = pa.concat_tables(tables) if tables else VECTORS.empty_table()
        step, series = whole.column("step").to_numpy(), whole.column("series").to_numpy()
        order = np.lexsort((step, series))
        step, series = step[order], series[order]
        # an attempt that begins where the one before ended says the same again
        order = order[
            (np.diff(step.astype(np.int64), prepend=-1) != 0) | (np.diff(series.astype(np.int64), prepend=-1) != 0)
        ]
        return whole.take(pa.array(order))


class PointCache:
    """Reads of the last few runs, at most 256 MB in all; a read of an epoch that is over is dropped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._reads: OrderedDict[str, Read] = OrderedDict()

    def read(self, run_id: str) -> Snapshot:
        """Everything stored of the run. Raises RunNotFound."""
        while True:
            epoch = self._store.head(run_id).epoch
            read = self._entry(run_id, epoch)
            with read.lock:
                self._read_on(run_id, read)
                snapshot = Snapshot(read.epoch, read.sequence, list(read.events), read.parts[0], tuple(read.chunks))
            if self._store.head(run_id).epoch == epoch:
                self._trim()
                return snapshot

    def _entry(self, run_id: str, epoch: int) -> Read:
        with self._lock:
            read = self._reads.get(run_id)
            if read is None or read.epoch != epoch:
                read = self._reads[run_id] = Read(epoch)
            self._reads.move_to_end(run_id)
            return read

    def _read_on(self, run_id: str, read: Read) -> None:
        while messages := self._store.replay(run_id, read.sequence, limit_bytes=BLOCK_BYTES, epoch=read.epoch):
            for message in messages:
                if message.kind == "points":
                    read.parts.append(decode_points(message.body))
                elif message.kind == "vectors":
                    read.chunks.append(message.body)
                    read.vector_bytes += len(message.body)
                elif message.sequence > 1:
                    numbered = NumberedEvent.model_validate_json(message.body)
                    if isinstance(numbered.event, RewoundEvent):
                        _rewind(read, numbered.event)
                    read.events.append(numbered)
            read.sequence = messages[-1].sequence
        if len(read.parts) > 1:
            whole = concat_points(read.parts)
            read.parts = [whole]

    def _trim(self) -> None:
        """Drop what was not looked at for longest until the rest fits."""
        with self._lock:
            total = sum(_bytes(read) for read in self._reads.values())
            while total > CACHE_BYTES and self._reads:
                _, dropped = self._reads.popitem(last=False)
                total -= _bytes(dropped)


def _rewind(read: Read, rewound: RewoundEvent) -> None:
    """Forget what the run's new attempt makes void."""
    read.parts = [points_until(part, rewound.step) for part in read.parts]
    read.events = [each for each in read.events if stands(each.event, rewound)]
    chunks: list[bytes] = []
    for chunk in read.chunks:
        facts = metadata_of(chunk)
        if int(facts["last_step"]) <= rewound.step:
            chunks.append(chunk)
        elif int(facts["first_step"]) <= rewound.step:
            left = vectors_until(decode_vectors(chunk), rewound.step)
            run, sequence, time = facts["run"], int(facts["sequence"]), float(facts["time"])
            chunks.append(encode_vectors(left, run=run, sequence=sequence, time=time))
    read.chunks, read.vector_bytes = chunks, sum(map(len, chunks))


def _bytes(read: Read) -> int:
    return read.vector_bytes + 20 * sum(len(part) for part in read.parts)


def answer(schema: pa.Schema, data: Points | pa.Table, read: Snapshot, run_id: str) -> bytes:
    """An Arrow stream whose metadata says what it belongs to and where the websocket goes on."""
    if isinstance(data, Points):
        data = pa.Table.from_arrays(arrays_of(data), schema=POINTS)
    step = data.column("step").to_numpy()
    metadata = {
        "kind": "points" if schema is POINTS else "vectors",
        "run": run_id,
        "epoch": str(read.epoch),
        "sequence": str(read.sequence),
        "first_step": str(step.min() if len(step) else 0),
        "last_step": str(step.max() if len(step) else 0),
    }
    table = data.cast(schema).combine_chunks().replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    body: bytes = sink.getvalue().to_pybytes()
    return body
