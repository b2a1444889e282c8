"""Exports hold every point, bit for bit, with what its series means."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from normscope.core.manifest import build_manifest
from normscope.core.telemetry import concat_points, decode_points
from normscope.errors import RunNotFound, StoreError
from normscope.storage import export
from normscope.storage.model import Message
from normscope.storage.store import Store
from tests.contract.material import HOLDER, everything, manifest_message, points, points_message, tiny_spec

CHUNKS = 12


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with contextlib.closing(Store(f"sqlite:///{tmp_path / 'normscope.db'}")) as made:
        yield made


@pytest.fixture
def run(store: Store) -> str:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    lease = store.acquire(run, HOLDER)
    rng = np.random.default_rng(1)
    stream: list[Message] = [manifest_message()]
    for sequence in range(2, CHUNKS + 2):
        stream.append(points_message(run, sequence, points(rng, 20, series=10, first_step=20 * sequence)))
    store.append(lease, stream, tail=b"never exported")
    return run


def read(format: export.Format, content: bytes) -> pa.Table:
    if format == "csv":
        types = {field.name: field.type for field in export.SCHEMA if field.name in ("value", "low", "high", "seed")}
        options = pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
        return pa.csv.read_csv(io.BytesIO(content), convert_options=options)
    if format == "parquet":
        return pa.parquet.read_table(io.BytesIO(content))
    return pa.ipc.open_stream(content).read_all()


@pytest.mark.parametrize("format", ["csv", "parquet", "arrow"])
@pytest.mark.parametrize("rows", [1, 450, 10**6])
def test_every_point_is_exported(
    store: Store, run: str, format: export.Format, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_ROWS", rows)
    table = read(format, b"".join(export.export(store, run, format)))
    assert table.column_names == export.SCHEMA.names
    stored = concat_points([decode_points(m.body) for m in everything(store, run) if m.kind == "points"])
    order = np.lexsort((table["step"].to_numpy(), table["series"].to_numpy()))
    assert table["step"].to_numpy()[order].tolist() == stored.step.tolist()
    for name in ("value", "low", "high"):
        got = table[name].to_numpy().astype(np.float32)[order]
        np.testing.assert_array_equal(got, getattr(stored, name))
    manifest = build_manifest(tiny_spec(), 10, 1197)
    for row in table.slice(0, 300).to_pylist():
        series = manifest.series[row["series"]]
        arm = None if series.arm is None else manifest.arms[series.arm]
        assert (row["arm"], row["seed"], row["layer"]) == (arm, series.seed, series.layer)
        assert row["statistic"] == series.statistic
        assert (row["unit"] or "") == series.unit


@pytest.mark.parametrize("format", ["csv", "parquet", "arrow"])
def test_a_run_without_points_is_an_empty_table(store: Store, format: export.Format) -> None:
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    store.append(store.acquire(run, HOLDER), [manifest_message()], tail=None)
    table = read(format, b"".join(export.export(store, run, format)))
    assert table.num_rows == 0
    assert table.column_names == export.SCHEMA.names


def test_it_comes_in_pieces(store: Store, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_ROWS", 200)
    monkeypatch.setattr(store, "replay", lambda run, after, **kw: Store.replay(store, run, after, limit_bytes=1))
    pieces = list(export.export(store, run, "csv"))
    assert len([piece for piece in pieces if piece]) >= CHUNKS


def test_nothing_stored_yet_is_an_error(store: Store) -> None:
    with pytest.raises(RunNotFound):
        export.export(store, "nobody", "csv")
    run = store.create(tiny_spec(), estimated_seconds=1.0).id
    with pytest.raises(StoreError, match="nothing yet"):
        export.export(store, run, "csv")


def test_a_compaction_meanwhile_is_an_error_and_no_truncated_file(
    store: Store, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_ROWS", 1)
    pieces = export.export(store, run, "csv")
    lease = store.take_over(run)
    store.set_state(lease, "finished")
    store.compact(run)
    with pytest.raises(StoreError, match="compacted while it was exported"):
        b"".join(pieces)
