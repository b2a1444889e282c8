"""The checks of ``normscope doctor``. What needs torch is asked in a process of its own."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from normscope.core.catalog import DATASETS, DataSetFacts, IdxFile, at_hand
from normscope.core.device import cuda_at_hand
from normscope.server import static
from normscope.server.serve import PortInUse, listen
from normscope.settings import Settings
from normscope.storage.engine import FIRST_SOUND_SQLITE, sqlite_version

OLDEST_PYTHON = (3, 11)
TORCH = "import torch; print(torch.__version__)"
KERNEL = """
import pathlib, sys, time
begun = time.perf_counter()
from normscope.training.warm import warm
warm(pathlib.Path(sys.argv[1]))
print(f"compiled, ready after {time.perf_counter() - begun:.1f} s")
"""
ASK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    what: str
    state: Literal["ok", "note", "missing"]
    detail: str
    mend: str = ""


def all_of(settings: Settings, *, checksums: bool) -> Iterator[Finding]:
    """Every check, in the order they are shown."""
    yield _python()
    yield _ask("PyTorch", TORCH, "make install")
    yield _device()
    yield _sqlite()
    yield _data_dir(settings)
    yield _ask("Training", KERNEL, "make install", str(settings.data_dir.resolve() / "cache"))
    for facts in DATASETS.values():
        yield _data_set(facts, settings, checksums=checksums)
    yield _pages()
    yield _port(settings)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("Python", "missing", version, "expected 3.11 or newer: make PYTHON=python3.12 serve")
    return Finding("Python", "ok", version)


def _ask(what: str, question: str, mend: str, *arguments: str) -> Finding:
    """Let another process import what this one must not."""
    answer = subprocess.run(
        [sys.executable, "-c", question, *arguments], capture_output=True, text=True, timeout=ASK_SECONDS, check=False
    )
    if answer.returncode != 0:
        return Finding(what, "missing", (answer.stderr.strip().splitlines() or ["no answer"])[-1], mend)
    return Finding(what, "ok", answer.stdout.strip())


def _device() -> Finding:
    name = cuda_at_hand()
    if name is None:
        return Finding("GPU", "ok", "none that PyTorch could use: runs train on the CPU")
    return Finding("GPU", "ok", f"{name}: large networks train on it")


def _sqlite() -> Finding:
    version = sqlite_version()
    text = ".".join(str(part) for part in version)
    if version < FIRST_SOUND_SQLITE:
        return Finding("SQLite", "note", f"{text}: workers leave checkpoints to one process at a time")
    return Finding("SQLite", "ok", text)


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Finding("Data folder", "ok", str(folder))
    except OSError as error:
        return Finding("Data folder", "missing", f"{folder}: {error.strerror}", "set NORMSCOPE_DATA_DIR elsewhere")


def _data_set(facts: DataSetFacts, settings: Settings, *, checksums: bool) -> Finding:
    folder = settings.datasets_dir.resolve() / facts.kind
    if not facts.files and facts.archive is None:
        drawn = len(facts.shape) == 1
        return Finding(facts.title, "ok", "drawn when it is needed" if drawn else "comes with scikit-learn")
    if not at_hand(facts.kind, settings.datasets_dir):
        names = ", ".join(file.name for file in facts.files) + " (gzipped or not)"
        mend = f"put {names if facts.archive is None else facts.archive.name} into {folder}"
        if settings.download:
            mend = "nothing, the first run that needs it downloads it; or " + mend
        return Finding(facts.title, "note", "not at hand", mend)
    wrong = [file.name for file in facts.files if not _is_published(folder, file)] if checksums else []
    archive = facts.archive
    if archive is not None and checksums and (folder / archive.name).is_file():
        wrong = [] if _md5((folder / archive.name).read_bytes()) == archive.md5 else [archive.name]
    if wrong:
        return Finding(facts.title, "missing", f"{', '.join(wrong)}: not what was published", f"delete it in {folder}")
    return Finding(facts.title, "ok", f"{folder}{', checksums as published' if checksums else ''}")


def _is_published(folder: Path, file: IdxFile) -> bool:
    """Whether the content is the published one, by the checksum that is known of it."""
    plain, packed = folder / file.name, folder / f"{file.name}.gz"
    try:
        if plain.is_file():
            content = plain.read_bytes()
            return len(content) == file.bytes and file.md5 in (None, _md5(content))
        raw = packed.read_bytes()
        return _md5(gzip.decompress(raw)) == file.md5 if file.md5 else _md5(raw) == file.gz_md5
    except (OSError, EOFError, zlib.error):
        return False


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _pages() -> Finding:
    if (static.STATIC / "index.html").is_file():
        return Finding("Pages", "ok", "built")
    return Finding("Pages", "missing", "not built", "make static")


def _port(settings: Settings) -> Finding:
    what = f"Port {settings.port}"
    try:
        listen(settings).close()
    except PortInUse as error:
        return Finding(what, "note", str(error), "is NormScope running already? Else choose another: NORMSCOPE_PORT")
    return Finding(what, "ok", "free")
