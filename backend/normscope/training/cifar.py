"""CIFAR-10's binary version (Krizhevsky 2009): found, packed or not, verified, decoded.

A record is one byte of class and the pixels of an image, red, green, blue, each row by row.
"""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from normscope.core.catalog import Archive, DataSetFacts
from normscope.errors import DataSetCorrupt
from normscope.training.npy import saving


def verify(path: Path, archive: Archive) -> None:
    """Raises:
    DataSetCorrupt: ``path`` is not the published archive.
    """
    with path.open("rb") as file:
        got = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if got != archive.md5:
        raise DataSetCorrupt(f"{path}: expected MD5 {archive.md5}, got {got}; remove it to download it again")


def decode(facts: DataSetFacts, archive: Archive, source: Path, folder: Path) -> None:
    """Write the examples in ``source`` to ``folder``: pixels / 255 as float32 [n, features], classes as int64 [n].

    Files that lie unpacked in ``source`` are taken; else the archive there is, once it is verified.

    Raises:
        DataSetCorrupt: another checksum, a file that is missing, cut short or too long, or a class that does not exist.
    """
    counts = (facts.train + facts.validation, facts.test)
    if any(not (source / name).is_file() for name in (*archive.train, *archive.test)):
        verify(source / archive.name, archive)
    for split, names, count in zip(("train", "test"), (archive.train, archive.test), counts, strict=True):
        each = count // len(names)
        with (
            saving(folder / f"{split}_x.npy", np.dtype(np.float32), (count, facts.features)) as x,
            saving(folder / f"{split}_y.npy", np.dtype(np.int64), (count,)) as y,
        ):
            for name, raw in _contents(source, archive, names):
                records = _records(facts, name, raw, each)
                place = slice(each * names.index(name), each * (names.index(name) + 1))
                np.divide(records[:, 1:], 255, out=x[place], dtype=np.float32)
                y[place] = records[:, 0]


def _records(facts: DataSetFacts, name: str, raw: bytes, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    length = 1 + facts.features
    if len(raw) != count * length:
        message = f"expected {count * length:,} bytes ({count:,} records of {length:,}), got {len(raw):,}"
        raise DataSetCorrupt(f"{name}: {message}; remove it to download it again")
    records = np.frombuffer(raw, np.uint8).reshape(count, length)
    if records[:, 0].max() >= facts.classes:
        raise DataSetCorrupt(f"{name}: expected classes below {facts.classes}, got {records[:, 0].max()}")
    return records


def _contents(source: Path, archive: Archive, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Each of ``names`` with its content, in the order in which they come."""
    if all((source / name).is_file() for name in names):
        for name in names:
            yield name, (source / name).read_bytes()
        return
    missing = set(names)
    path = source / archive.name
    try:
        with tarfile.open(path, "r|gz") as packed:
            for member in packed:
                name = Path(member.name).name
                file = packed.extractfile(member) if member.isfile() and name in missing else None
                if file is not None:
                    missing.remove(name)
                    yield name, file.read()
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DataSetCorrupt(f"{path} is no complete .tar.gz file: {error}; remove it to download it again") from error
    if missing:
        raise DataSetCorrupt(f"{path}: expected {', '.join(sorted(missing))} in it, found none")
