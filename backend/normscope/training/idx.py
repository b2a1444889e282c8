"""IDX files (LeCun et al. 1998), gzipped or not: found, verified by checksum, decoded."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from normscope.core.catalog import IdxFile
from normscope.errors import DataSetCorrupt

_UNSIGNED_BYTE = 0x08


def find(folder: Path, name: str) -> Path | None:
    """The file ``name`` in ``folder``, as it is or with ``.gz``."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def read(folder: Path, file: IdxFile, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The verified content of ``file`` as uint8 of ``shape``.

    Raises:
        DataSetCorrupt: absent, not gzip, another checksum, or another shape.
    """
    path = find(folder, file.name)
    if path is None:
        raise DataSetCorrupt(f"expected {folder / file.name} (or .gz), found neither")
    return parse(verify(path.read_bytes(), path, file), path, shape)


def verify(content: bytes, path: Path, file: IdxFile) -> bytes:
    """The uncompressed ``content`` of ``path``, checked against the checksums that are known.

    A file may be packed anew, so the content's checksum decides where it is known; else the published ``.gz`` one,
    and for an uncompressed file, whose checksum nobody published, its length.

    Raises:
        DataSetCorrupt: with what was expected and what was found.
    """
    raw = content
    if path.suffix == ".gz":
        try:
            raw = gzip.decompress(content)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataSetCorrupt(f"{path} is no complete gzip file: {error}; remove it to download it again") from error
    if file.md5 is not None:
        _compare(path, file.md5, raw)
    elif file.gz_md5 is not None and path.suffix == ".gz":
        _compare(path, file.gz_md5, content)
    if len(raw) != file.bytes:
        raise DataSetCorrupt(f"{path}: expected {file.bytes} bytes of content, got {len(raw)}")
    return raw


def _compare(path: Path, expected: str, content: bytes) -> None:
    got = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if got != expected:
        raise DataSetCorrupt(f"{path}: expected MD5 {expected}, got {got}; remove it to download it again")


def parse(raw: bytes, path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Decode an IDX array of unsigned bytes; dimensions after the first are flattened.

    Raises:
        DataSetCorrupt: the header is not IDX, or says another shape.
    """
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] != _UNSIGNED_BYTE or len(raw) < 4 + 4 * raw[3]:
        raise DataSetCorrupt(f"{path}: expected an IDX header of unsigned bytes, got {raw[:4]!r}")
    sizes = tuple(int(n) for n in np.frombuffer(raw, ">u4", count=raw[3], offset=4))
    got = (sizes[0], math.prod(sizes[1:])) if len(shape) == 2 else sizes
    if got != shape or len(raw) != 4 + 4 * len(sizes) + math.prod(sizes):
        raise DataSetCorrupt(f"{path}: expected shape {shape}, got {sizes} in {len(raw)} bytes")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * len(sizes)).reshape(shape)
