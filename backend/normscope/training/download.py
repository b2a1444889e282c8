"""Fetches the files of a data set: with progress, verified, and never half there."""

from __future__ import annotations

import http.client
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from normscope.core.catalog import Archive, DataSetFacts, IdxFile
from normscope.errors import DataSetCorrupt, DataSetUnavailable
from normscope.training import cifar, idx

_TIMEOUT_SECONDS = 20.0
_BLOCK_BYTES = 1 << 16


def fetch(facts: DataSetFacts, folder: Path, *, allowed: bool, report: Callable[[float], None]) -> None:
    """Download the files of ``facts`` that ``folder`` lacks; each appears under its name only when it is verified.

    Raises:
        DataSetUnavailable: downloading is off, or no address could be reached.
        DataSetCorrupt: what came, from the last address that answered, is not what was published.
    """
    absent = [file for file in facts.files if idx.find(folder, file.name) is None]
    where = f"{facts.title} is not in {folder} ({', '.join(file.name + '.gz' for file in absent)})"
    if not allowed:
        raise DataSetUnavailable(f"{where}, and downloading is switched off")
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(file.bytes for file in absent)
    done = 0
    for file in absent:
        start = done

        def part(fraction: float, start: int = start, size: int = file.bytes) -> None:
            report((start + fraction * size) / total)

        path = folder / f"{file.name}.gz"

        def published(got: Path, path: Path = path, file: IdxFile = file) -> None:
            idx.verify(got.read_bytes(), path, file)

        _fetch_one(facts.urls, path, published, part, where)
        done += file.bytes
    report(1.0)


def fetch_archive(
    facts: DataSetFacts, archive: Archive, folder: Path, *, allowed: bool, report: Callable[[float], None]
) -> None:
    """Download ``archive`` to ``folder``; arguments and errors as of ``fetch``."""
    where = f"{facts.title} is not in {folder} ({archive.name})"
    if not allowed:
        raise DataSetUnavailable(f"{where}, and downloading is switched off")
    folder.mkdir(parents=True, exist_ok=True)
    _fetch_one(facts.urls, folder / archive.name, lambda path: cifar.verify(path, archive), report, where)
    report(1.0)


def _fetch_one(
    urls: tuple[str, ...], path: Path, verify: Callable[[Path], object], part: Callable[[float], None], where: str
) -> None:
    """Download ``path`` from the first of ``urls`` that has it as ``verify`` wants it."""
    reasons: list[str] = []
    corrupt: DataSetCorrupt | None = None
    for base in urls:
        url = f"{base}{path.name}"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out, urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:
                length, got = int(answer.headers.get("Content-Length") or 0), 0
                while block := answer.read(_BLOCK_BYTES):
                    out.write(block)
                    got += len(block)
                    part(min(1.0, got / length) if length else 0.0)
            verify(Path(name))
            os.replace(name, path)
            return
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reasons.append(f"{url}: {error}")
        except DataSetCorrupt as error:
            corrupt = DataSetCorrupt(f"what {url} sent is not {path.name}: {error}")
        finally:
            Path(name).unlink(missing_ok=True)
    if corrupt is not None:
        raise corrupt
    raise DataSetUnavailable(f"{where}, and it could not be downloaded ({'; '.join(reasons)})")
