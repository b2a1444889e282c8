"""Points and vectors as Arrow IPC streams: encoded once, then stored, sent and exported as the same bytes.

Scalar chunk: ``step: uint32`` (last step of the window), ``series: uint32``, ``value: float32`` (mean over the
window), ``low: float32``, ``high: float32``, sorted by series, then step. Vector chunk: ``step``, ``series``,
``value: list<float32>``. Schema metadata (all text): ``run``, ``sequence`` ("0": the provisional tail),
``first_step``, ``last_step``, ``time`` (Unix seconds at which ``last_step`` ended), ``kind`` ("points" | "vectors").
NaN and infinity survive.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NewType

import numpy as np
import pyarrow as pa

from normscope.core.events import Event
from normscope.core.record import Progress

Chunk = NewType("Chunk", bytes)
"""An encoded Arrow IPC stream with one record batch."""

Array = np.ndarray[tuple[int], np.dtype[np.generic]]

POINTS = pa.schema(
    [
        pa.field("step", pa.uint32(), nullable=False),
        pa.field("series", pa.uint32(), nullable=False),
        pa.field("value", pa.float32(), nullable=False),
        pa.field("low", pa.float32(), nullable=False),
        pa.field("high", pa.float32(), nullable=False),
    ]
)
VECTORS = pa.schema(
    [
        pa.field("step", pa.uint32(), nullable=False),
        pa.field("series", pa.uint32(), nullable=False),
        pa.field("value", pa.list_(pa.float32()), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Points:
    """Windows of scalar series as five columns of equal length, sorted by series, then step."""

    step: Array
    series: Array
    value: Array
    low: Array
    high: Array

    def __len__(self) -> int:
        return len(self.step)

    @property
    def columns(self) -> tuple[Array, ...]:
        """All five, in the order of the schema."""
        return self.step, self.series, self.value, self.low, self.high

    def take(self, rows: slice | np.ndarray[tuple[int], np.dtype[Any]]) -> Points:
        """Those of ``rows``: a slice, a mask or positions."""
        return Points(*(column[rows] for column in self.columns))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Observations of vector series, sorted by series, then step."""

    step: Array
    series: Array
    value: tuple[Array, ...]

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, slots=True)
class Emission:
    """What a recorder hands to its sink: closed windows, events and the open windows so far, in this order."""

    time: float
    """Unix seconds at which the last step in it ended."""
    progress: Progress
    events: tuple[Event, ...] = ()
    points: Points | None = None
    vectors: Vectors | None = None
    tail: Points | None = None


NO_POINTS = Points(*(np.zeros(0, field.type.to_pandas_dtype()) for field in POINTS))


def arrays_of(points: Points) -> list[pa.Array]:
    """The columns as the schema has them."""
    return [pa.array(column, field.type) for column, field in zip(points.columns, POINTS, strict=True)]


def encode_points(points: Points, *, run: str, sequence: int, time: float) -> Chunk:
    """One scalar chunk; ``sequence`` 0 marks the provisional tail."""
    return _stream(POINTS, arrays_of(points), _metadata("points", points.step, run, sequence, time))


def encode_vectors(vectors: Vectors, *, run: str, sequence: int, time: float) -> Chunk:
    """One vector chunk."""
    lengths = np.fromiter((len(v) for v in vectors.value), np.int32, len(vectors.value))
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    flat = np.concatenate(vectors.value) if vectors.value else np.zeros(0, np.float32)
    values = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(flat, pa.float32()))
    arrays = [pa.array(vectors.step, pa.uint32()), pa.array(vectors.series, pa.uint32()), values]
    return _stream(VECTORS, arrays, _metadata("vectors", vectors.step, run, sequence, time))


def decode_points(chunk: bytes) -> Points:
    """The columns of a scalar chunk or of a telemetry answer (any number of batches)."""
    with pa.ipc.open_stream(chunk) as reader:
        table = reader.read_all()
    return Points(*(table.column(name).to_numpy() for name in POINTS.names))


def decode_vectors(chunk: bytes) -> Vectors:
    """The columns of a vector chunk."""
    with pa.ipc.open_stream(chunk) as reader:
        return vectors_of(reader.read_all())


def vectors_of(table: pa.Table) -> Vectors:
    """The columns of a table of vectors."""
    values = table.column("value").combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks else pa.array([], VECTORS.field("value").type)
    flat, offsets = values.values.to_numpy(), values.offsets.to_numpy()
    rows = tuple(flat[a:b] for a, b in itertools.pairwise(offsets))
    return Vectors(table.column("step").to_numpy(), table.column("series").to_numpy(), rows)


def metadata_of(chunk: bytes) -> dict[str, str]:
    """The schema metadata, without reading the batch."""
    with pa.ipc.open_stream(chunk) as reader:
        return {key.decode(): value.decode() for key, value in (reader.schema.metadata or {}).items()}


def concat_points(parts: Sequence[Points]) -> Points:
    """All points of ``parts``, sorted by series, then step; of several for the same window the first stays."""
    whole = Points(*(np.concatenate(column) for column in zip(*(part.columns for part in parts), strict=True)))
    # One key instead of two, and a stable sort: what comes in sorted parts is merged, which is much quicker.
    key = whole.series.astype(np.uint64) << np.uint64(32) | whole.step.astype(np.uint64)
    if np.all(key[1:] > key[:-1]):
        return whole
    order = np.argsort(key, kind="stable")
    return whole.take(order[np.append(True, key[order][1:] != key[order][:-1])])


def _metadata(kind: str, step: Array, run: str, sequence: int, time: float) -> dict[str, str]:
    first, last = (int(step.min()), int(step.max())) if len(step) else (0, 0)
    return {
        "kind": kind,
        "run": run,
        "sequence": str(sequence),
        "first_step": str(first),
        "last_step": str(last),
        "time": f"{time:.6f}",
    }


def _stream(schema: pa.Schema, arrays: list[pa.Array], metadata: dict[str, str]) -> Chunk:
    schema = schema.with_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return Chunk(sink.getvalue().to_pybytes())
