"""CIFAR-10's binary version: files in the same format, with small counts."""

from __future__ import annotations

import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from normscope.core import catalog
from normscope.core.catalog import DATASETS, Archive, DataSetFacts, at_hand
from normscope.core.spec import DataSetSpec
from normscope.errors import DataSetCorrupt, DataSetUnavailable
from normscope.training.data import load
from normscope.training.splits import DataSet

PIXELS = 3 * 4 * 4
FILES = ("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin")


def records() -> dict[str, np.ndarray]:
    """Six records in each training file, four in the test's: class, then pixels; uint8 [n, 1 + PIXELS]."""
    random = np.random.default_rng(0)
    return {
        name: np.concatenate(
            [random.integers(0, 10, (n, 1), np.uint8), random.integers(0, 256, (n, PIXELS), np.uint8)], axis=1
        )
        for name, n in zip(FILES, (6, 6, 4), strict=True)
    }


def packed(contents: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


CONTENTS = {name: array.tobytes() for name, array in records().items()}
READ_LAST = {"readme.html": b"<p>", "test_batch.bin": CONTENTS["test_batch.bin"]} | dict(reversed(CONTENTS.items()))
ARCHIVE = packed(READ_LAST)


def use(monkeypatch: pytest.MonkeyPatch, archive: bytes, *urls: str) -> DataSetFacts:
    """A data set of 9 + 3 + 4 images of 4 x 4 pixels under the name of CIFAR-10, published as ``archive``."""
    published = Archive(
        name="cifar-10-binary.tar.gz",
        bytes=len(archive),
        md5=hashlib.md5(archive, usedforsecurity=False).hexdigest(),
        train=FILES[:2],
        test=FILES[2:],
    )
    facts = replace(DATASETS["cifar10"], shape=(3, 4, 4), train=9, validation=3, test=4, archive=published, urls=urls)
    monkeypatch.setitem(catalog.DATASETS, "cifar10", facts)
    return facts


def get(root: Path, *, download: bool = False) -> DataSet:
    return load(DataSetSpec(kind="cifar10"), root / "sets", cache=root / "cache", download=download)


def place(root: Path, contents: dict[str, bytes]) -> Path:
    folder = root / "sets" / "cifar10"
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def cached(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "cache" / "cifar10.v1").iterdir())


@pytest.mark.parametrize("contents", [CONTENTS, {"cifar-10-binary.tar.gz": ARCHIVE}], ids=["unpacked", "packed"])
def test_files_are_read_packed_or_not(
    contents: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, ARCHIVE)
    assert not at_hand("cifar10", tmp_path / "sets")
    place(tmp_path, contents)
    assert at_hand("cifar10", tmp_path / "sets")
    for _ in range(2):  # decoded, then from the cache
        data = get(tmp_path)
        train = np.concatenate([records()[name] for name in FILES[:2]])
        test = records()["test_batch.bin"]
        assert isinstance(data.train.x, np.memmap)
        assert data.train.x.dtype == np.float32
        assert data.train.y.dtype == np.int64
        assert np.array_equal(data.train.x, (train[:9, 1:] / 255).astype(np.float32))
        assert np.array_equal(data.validation.x, (train[9:, 1:] / 255).astype(np.float32))
        assert np.array_equal(data.test.x, (test[:, 1:] / 255).astype(np.float32))
        assert data.train.y.tolist() + data.validation.y.tolist() == train[:, 0].tolist()
        assert data.test.y.tolist() == test[:, 0].tolist()
    assert cached(tmp_path) == ["test_x.npy", "test_y.npy", "train_x.npy", "train_y.npy"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (CONTENTS["data_batch_2.bin"][:-1], "expected 294 bytes"),
        (CONTENTS["data_batch_2.bin"] + b"x", "expected 294 bytes"),
        (b"\x0a" + CONTENTS["data_batch_2.bin"][1:], "expected classes below 10, got 10"),
    ],
)
@pytest.mark.parametrize("is_packed", [True, False])
def test_damaged_records_are_refused_and_nothing_half_written_stays(
    changed: bytes, message: str, is_packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = CONTENTS | {"data_batch_2.bin": changed}
    archive = packed(contents)
    use(monkeypatch, archive)
    place(tmp_path, {"cifar-10-binary.tar.gz": archive} if is_packed else contents)
    with pytest.raises(DataSetCorrupt, match=rf"data_batch_2\.bin: {message}"):
        get(tmp_path)
    assert cached(tmp_path) == []


def test_another_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ARCHIVE)
    place(tmp_path, {"cifar-10-binary.tar.gz": ARCHIVE[:-7]})
    with pytest.raises(DataSetCorrupt, match="expected MD5"):
        get(tmp_path)
    assert cached(tmp_path) == []


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (packed({name: CONTENTS[name] for name in FILES[:1]}), r"expected data_batch_2\.bin in it"),
        (ARCHIVE[: len(ARCHIVE) // 2], r"no complete \.tar\.gz"),
        (b"no archive at all", r"no complete \.tar\.gz"),
    ],
)
def test_an_archive_that_is_not_whole_is_refused(
    archive: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, archive)
    place(tmp_path, {"cifar-10-binary.tar.gz": archive})
    with pytest.raises(DataSetCorrupt, match=message):
        get(tmp_path)
    assert cached(tmp_path) == []


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the archive; ``/broken/`` serves half of it."""

    def do_GET(self) -> None:
        body = ARCHIVE[: len(ARCHIVE) // 2] if "broken" in self.path else ARCHIVE
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


def test_the_archive_is_downloaded_once(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ARCHIVE, f"{mirror}broken/", mirror)
    assert len(get(tmp_path, download=True).train.y) == 9
    assert [path.name for path in (tmp_path / "sets" / "cifar10").iterdir()] == ["cifar-10-binary.tar.gz"]


def test_a_wrong_download_leaves_nothing_behind(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ARCHIVE, f"{mirror}broken/")
    with pytest.raises(DataSetCorrupt, match=r"sent is not cifar-10-binary\.tar\.gz: .*expected MD5"):
        get(tmp_path, download=True)
    assert list((tmp_path / "sets" / "cifar10").iterdir()) == []


def test_without_a_network_the_message_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ARCHIVE, "http://127.0.0.1:1/")
    with pytest.raises(DataSetUnavailable, match="downloading is switched off"):
        get(tmp_path)
    with pytest.raises(DataSetUnavailable, match=r"CIFAR-10 is not in .*tar\.gz.*could not be downloaded"):
        get(tmp_path, download=True)
    assert list((tmp_path / "sets" / "cifar10").iterdir()) == []


def test_the_published_facts_fit_together() -> None:
    facts = DATASETS["cifar10"]
    assert facts.archive is not None
    assert (facts.train, facts.validation, facts.test) == (45_000, 5_000, 10_000)
    assert (facts.train + facts.validation) % len(facts.archive.train) == 0
    assert facts.features == 3_072
