"""Every point of a run as one table, written as it is read: csv, parquet or Arrow.

Columns: ``step``, ``series``, ``arm`` (name), ``seed``, ``layer`` (1, 2, ...), ``statistic``, ``unit``, ``value`` (mean
over the window that ends with ``step``), ``low``, ``high``. What belongs to the whole run has no arm, seed and layer.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from normscope.core.events import ManifestEvent, NumberedEvent
from normscope.core.manifest import Manifest
from normscope.core.record import RunRecord
from normscope.core.rewind import Rewinds
from normscope.core.telemetry import POINTS
from normscope.errors import ExportRefused, StoreError
from normscope.storage.store import Store

if TYPE_CHECKING:
    from typing_extensions import Buffer

Format = Literal["csv", "parquet", "arrow"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
_ROWS = 131_072
_TEXT = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        ("step", pa.uint32()),
        ("series", pa.uint32()),
        ("arm", _TEXT),
        ("seed", pa.int64()),
        ("layer", pa.int32()),
        ("statistic", _TEXT),
        ("unit", _TEXT),
        ("value", pa.float32()),
        ("low", pa.float32()),
        ("high", pa.float32()),
    ]
)


class _Writer(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def measured(store: Store, run_id: str) -> RunRecord:
    """The record of a run that there is something to export of.

    Raises:
        RunNotFound: no run has this id.
        ExportRefused: it has measured nothing yet.
    """
    record = store.get(run_id)
    if record.sequence == 0:
        raise ExportRefused("expected a run that has measured something, got one that has not yet")
    return record


def export(store: Store, run_id: str, format: Format) -> Iterator[bytes]:
    """The file, piece by piece; never more than some megabytes in memory.

    Raises:
        RunNotFound: no run has this id.
        StoreError: the run has no manifest yet, or was compacted meanwhile (try again).
    """
    head = store.head(run_id)
    first = store.replay(run_id, 0, limit_bytes=1, epoch=head.epoch)
    if not first:
        raise StoreError(f"run {run_id} has stored nothing yet")
    event = NumberedEvent.model_validate_json(first[0].body).event
    if not isinstance(event, ManifestEvent):
        raise StoreError(f"run {run_id}: expected the manifest as message 1, got {event.type}")
    return _pieces(store, run_id, head.epoch, head.sequence, _Names(event.manifest), format)


def _pieces(store: Store, run_id: str, epoch: int, last: int, names: _Names, format: Format) -> Iterator[bytes]:
    sink = _Sink()
    writer = _writer(format, sink)
    for table in _tables(store, run_id, epoch, last):
        for batch in names.join(table).to_batches():
            writer.write_batch(batch)
        yield sink.take()
    writer.close()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Collects what is written until it is taken; positions count from the beginning of the file."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Buffer) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._position += len(piece)
        return len(piece)

    def take(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def _tables(store: Store, run_id: str, epoch: int, last: int) -> Iterator[pa.Table]:
    """Stored points in the order they came, about ``_ROWS`` at a time."""
    waiting: list[pa.Table] = []
    rewinds = Rewinds(store.events(run_id, epoch=epoch))
    rows = after = 0
    while after < last:
        found = store.replay(run_id, after, epoch=epoch)
        if not found:
            raise StoreError(f"run {run_id} was compacted while it was exported: try again")
        after = found[-1].sequence
        for message in found:
            if message.kind == "points" and message.sequence <= last:
                with pa.ipc.open_stream(message.body) as reader:
                    table = reader.read_all().replace_schema_metadata(None)
                limit = rewinds.limit(message.sequence)
                waiting.append(table if limit is None else table.filter(pa.compute.field("step") <= limit))
                rows += waiting[-1].num_rows
        if rows >= _ROWS:
            yield pa.concat_tables(waiting)
            waiting, rows = [], 0
    yield pa.concat_tables([POINTS.empty_table(), *waiting])


class _Names:
    """What a series number stands for, as columns to look up."""

    def __init__(self, manifest: Manifest) -> None:
        series = manifest.series
        self._arm = pa.array([None if s.arm is None else manifest.arms[s.arm] for s in series], pa.string())
        self._seed = pa.array([s.seed for s in series], pa.int64())
        self._layer = pa.array([s.layer for s in series], pa.int32())
        self._statistic = pa.array([s.statistic for s in series], pa.string())
        self._unit = pa.array([s.unit for s in series], pa.string())

    def join(self, table: pa.Table) -> pa.Table:
        """``table`` of points with the meaning of each series beside it."""
        series = table.column("series").to_numpy().astype(np.int64)
        columns = [
            table.column("step"),
            table.column("series"),
            *(_look_up(column, series) for column in (self._arm, self._seed, self._layer, self._statistic, self._unit)),
            table.column("value"),
            table.column("low"),
            table.column("high"),
        ]
        return pa.table(columns, schema=SCHEMA)


def _look_up(column: pa.Array, series: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column.take(pa.array(series))
    words = column.dictionary_encode()
    return pa.DictionaryArray.from_arrays(words.indices.take(pa.array(series)), words.dictionary)


def _writer(format: Format, sink: _Sink) -> _Writer:
    output = pa.PythonFile(sink, mode="w")
    if format == "csv":
        plain = pa.schema([pa.field(f.name, pa.string() if f.type == _TEXT else f.type) for f in SCHEMA])
        return _CsvWriter(pa.csv.CSVWriter(output, plain), plain)
    if format == "parquet":
        return pa.parquet.ParquetWriter(output, SCHEMA, compression="zstd")  # type: ignore[no-any-return]
    return pa.ipc.new_stream(output, SCHEMA)  # type: ignore[no-any-return]


class _CsvWriter:
    """Arrow's CSV writer knows no dictionaries: decode them first."""

    def __init__(self, writer: pa.csv.CSVWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch.cast(self._schema))

    def close(self) -> None:
        self._writer.close()
