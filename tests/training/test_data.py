"""Data sets: IDX files found, verified and cached; splits; what is said where one is absent or damaged."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from normscope.core import catalog
from normscope.core.catalog import DATASETS, DataSetFacts, IdxFile
from normscope.core.spec import DataSetSpec
from normscope.errors import DataSetCorrupt, DataSetUnavailable
from normscope.training import data as data_module
from normscope.training.data import load


def idx(array: np.ndarray) -> bytes:
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def contents() -> dict[str, bytes]:
    random = np.random.default_rng(0)
    return {
        "train-images": idx(random.integers(0, 256, (12, 2, 3), np.uint8)),
        "train-labels": idx(random.integers(0, 3, 12, np.uint8)),
        "t10k-images": idx(random.integers(0, 256, (4, 2, 3), np.uint8)),
        "t10k-labels": idx(random.integers(0, 3, 4, np.uint8)),
    }


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> DataSetFacts:
    """A data set of the catalogue with 10 + 2 + 4 images of 2 x 3 pixels under the name of MNIST."""
    files = tuple(
        IdxFile(name, len(raw), md5=hashlib.md5(raw, usedforsecurity=False).hexdigest())
        for name, raw in contents().items()
    )
    facts = replace(DATASETS["mnist"], shape=(1, 2, 3), classes=3, train=10, validation=2, test=4, files=files, urls=())
    monkeypatch.setitem(catalog.DATASETS, "mnist", facts)
    return facts


def write(folder: Path, packed: bool) -> None:
    folder.mkdir(parents=True)
    for name, raw in contents().items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(raw) if packed else raw)


@pytest.mark.parametrize("packed", [True, False])
def test_idx_files_are_read_packed_or_not(tiny: DataSetFacts, tmp_path: Path, packed: bool) -> None:
    write(tmp_path / "sets" / "mnist", packed)
    for _ in range(2):  # decoded, then from the cache
        data = load(DataSetSpec(kind="mnist"), tmp_path / "sets", cache=tmp_path / "cache", download=False)
        pixels = np.frombuffer(contents()["train-images"], np.uint8, offset=16).reshape(12, 6)
        assert data.train.x.dtype == np.float32
        assert np.array_equal(data.train.x, (pixels[:10] / 255).astype(np.float32))
        assert np.array_equal(data.validation.x, (pixels[10:] / 255).astype(np.float32))
        assert data.test.y.tolist() == list(contents()["t10k-labels"][8:])
        assert data.test.y.dtype == np.int64
    assert isinstance(data.train.x, np.memmap)


def test_the_cache_is_enough(tiny: DataSetFacts, tmp_path: Path) -> None:
    write(tmp_path / "sets" / "mnist", True)
    load(DataSetSpec(kind="mnist"), tmp_path / "sets", cache=tmp_path / "cache", download=False)
    assert (
        load(DataSetSpec(kind="mnist"), tmp_path / "elsewhere", cache=tmp_path / "cache", download=False).classes == 3
    )


def test_a_changed_byte_is_noticed(tiny: DataSetFacts, tmp_path: Path) -> None:
    write(tmp_path / "mnist", False)
    path = tmp_path / "mnist" / "train-images"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    with pytest.raises(DataSetCorrupt, match="expected MD5"):
        load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=False)


def test_a_truncated_gzip_file_is_noticed(tiny: DataSetFacts, tmp_path: Path) -> None:
    write(tmp_path / "mnist", True)
    path = tmp_path / "mnist" / "t10k-labels.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DataSetCorrupt, match="no complete gzip file"):
        load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=False)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"PNG!" + bytes(60), "expected an IDX header"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 2, 5, 6) + bytes(60), "expected shape"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 3, 5, 6) + bytes(60), "expected shape"),
    ],
)
def test_another_shape_is_refused(raw: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(raw)
    with pytest.raises(DataSetCorrupt, match=message):
        data_module.idx.read(tmp_path, IdxFile("images", len(raw)), (3, 30))


def test_a_published_gzip_checksum_counts_for_gzip_files(tmp_path: Path) -> None:
    raw = idx(np.zeros((2, 3), np.uint8))
    packed = gzip.compress(raw)
    (tmp_path / "a.gz").write_bytes(packed)
    md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
    assert data_module.idx.read(tmp_path, IdxFile("a", len(raw), gz_md5=md5), (2, 3)).sum() == 0
    with pytest.raises(DataSetCorrupt, match="expected MD5"):
        data_module.idx.read(tmp_path, IdxFile("a", len(raw), gz_md5="0" * 32), (2, 3))


def test_what_is_absent_is_unavailable(tiny: DataSetFacts, tmp_path: Path) -> None:
    with pytest.raises(DataSetUnavailable, match="downloading is switched off"):
        load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=False)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the tiny files; ``/broken/`` serves something else."""

    def do_GET(self) -> None:
        name = os.path.basename(self.path).removesuffix(".gz")
        body = gzip.compress(b"nothing" if "broken" in self.path else contents()[name])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def mirror() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_absent_files_are_downloaded_from_the_first_address_that_answers(
    tiny: DataSetFacts, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.DATASETS, "mnist", replace(tiny, urls=("http://127.0.0.1:1/", mirror)))
    fractions: list[float] = []
    data = load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=True, report=fractions.append)
    assert len(data.train.y) == 10
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert sorted(path.name for path in (tmp_path / "mnist").iterdir()) == sorted(f"{name}.gz" for name in contents())


def test_without_a_network_the_message_says_what_is_missing(
    tiny: DataSetFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.DATASETS, "mnist", replace(tiny, urls=("http://127.0.0.1:1/",)))
    with pytest.raises(DataSetUnavailable, match=r"MNIST is not in .*train-images\.gz.*could not be downloaded"):
        load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=True)
    assert list((tmp_path / "mnist").iterdir()) == []


def test_a_wrong_download_leaves_nothing_behind(
    tiny: DataSetFacts, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.DATASETS, "mnist", replace(tiny, urls=(f"{mirror}broken/",)))
    with pytest.raises(DataSetCorrupt, match="expected MD5"):
        load(DataSetSpec(kind="mnist"), tmp_path, cache=tmp_path / "cache", download=True)
    assert list((tmp_path / "mnist").iterdir()) == []


def test_digits_are_split_once_for_all_and_standardised(tmp_path: Path) -> None:
    data = load(DataSetSpec(kind="digits"), tmp_path, cache=tmp_path, download=False)
    facts = DATASETS["digits"]
    splits = (data.train, data.validation, data.test)
    assert [len(split.y) for split in splits] == [facts.train, facts.validation, facts.test] == [1197, 300, 300]
    assert [split.x.shape[1] for split in splits] == [64] * 3
    assert data.train.x.mean() == pytest.approx(0, abs=1e-5)
    assert data.train.x.std() == pytest.approx(1, abs=1e-5)
    rows = {row.tobytes() for split in splits for row in split.x}
    assert len(rows) > 1780
    assert set(data.test.y.tolist()) == set(range(10))


def test_mnist_is_the_published_one(mnist_dir: Path, tmp_path: Path) -> None:
    data = load(DataSetSpec(kind="mnist"), mnist_dir, cache=tmp_path, download=False)
    assert [s.x.shape for s in (data.train, data.validation, data.test)] == [(55_000, 784), (5_000, 784), (10_000, 784)]
    assert np.bincount(np.concatenate([data.train.y, data.validation.y])).tolist() == [
        5923,
        6742,
        5958,
        6131,
        5842,
        5421,
        5918,
        6265,
        5851,
        5949,
    ]
    assert (float(data.train.x.min()), float(data.train.x.max())) == (0.0, 1.0)
    assert float(data.train.x.mean()) == pytest.approx(0.1307, abs=5e-4)
