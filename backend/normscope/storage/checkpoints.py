"""Checkpoints as rows and files: ``<folder>/<run>/<step>.pt``; the row is there only after the file is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from normscope.core.record import Parent
from normscope.errors import CommandRefused
from normscope.storage.model import Checkpoint, Lease
from normscope.storage.tables import checkpoints, runs

MOST = 50
MOST_BYTES = 256_000_000
"""A run's checkpoints are thinned out beyond either; the newest always stays."""


def folder(data_dir: Path, run_id: str) -> Path:
    """Where the files of a run lie."""
    return data_dir / "checkpoints" / run_id


def path(data_dir: Path, run_id: str, step: int) -> Path:
    """The file of one checkpoint."""
    return folder(data_dir, run_id) / f"{step}.pt"


def parent_path(data_dir: Path, run_id: str) -> Path:
    """A fork's own copy of the checkpoint it begins with."""
    return folder(data_dir, run_id) / "parent.pt"


def adopt(data_dir: Path, run_id: str, parent: Parent) -> None:
    """Copy the parent's checkpoint for the fork ``run_id``.

    Raises:
        CommandRefused: it was thinned out or deleted meanwhile.
    """
    found = path(data_dir, parent.run, parent.step)
    try:
        write(parent_path(data_dir, run_id), lambda file: shutil.copyfile(found, file))
    except FileNotFoundError as error:
        remove_all(data_dir, run_id)
        raise CommandRefused(f"run {parent.run} has no checkpoint at step {parent.step} any more") from error


def write(file: Path, save: Callable[[Path], object]) -> int:
    """Let ``save`` write a file that is there as a whole or not at all; returns its bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}.part")
    try:
        save(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return file.stat().st_size


def remove_all(data_dir: Path, run_id: str) -> None:
    """Delete the files of a run."""
    shutil.rmtree(folder(data_dir, run_id), ignore_errors=True)


def remove_orphans(data_dir: Path, known: Callable[[str], bool]) -> None:
    """Delete the files of runs that are not ``known``: a crash came between a run's deletion and theirs."""
    for each in (data_dir / "checkpoints").glob("*"):
        if not known(each.name):
            remove_all(data_dir, each.name)


def add(connection: sa.Connection, lease: Lease, step: int, kind: str, size: int, *, sequence: int, now: float) -> None:
    """The file of this step is there; ``sequence`` is that of the last message it covers."""
    attempt = connection.scalar(sa.select(runs.c.attempt).where(runs.c.id == lease.run_id))
    key = (checkpoints.c.run_id == lease.run_id, checkpoints.c.step == step)
    connection.execute(sa.delete(checkpoints).where(*key))
    row = {"run_id": lease.run_id, "step": step, "attempt": attempt, "sequence": sequence}
    connection.execute(sa.insert(checkpoints).values(row | {"kind": kind, "bytes": size, "created_at": now}))


def every(connection: sa.Connection, run_id: str) -> list[Checkpoint]:
    """All of a run, by step."""
    query = sa.select(checkpoints).where(checkpoints.c.run_id == run_id).order_by(checkpoints.c.step)
    return [Checkpoint(row.step, row.attempt, row.kind, row.bytes) for row in connection.execute(query)]


def newest(connection: sa.Connection, run_id: str) -> Checkpoint | None:
    """The one from which the run would be taken up again."""
    found = every(connection, run_id)
    return found[-1] if found else None


def forget(connection: sa.Connection, run_id: str, steps: Sequence[int]) -> None:
    """These checkpoints are no more; their files may be deleted afterwards."""
    connection.execute(
        sa.delete(checkpoints).where(checkpoints.c.run_id == run_id, checkpoints.c.step.in_(list(steps)))
    )


def superfluous(found: Sequence[Checkpoint], *, most: int = MOST, most_bytes: int = MOST_BYTES) -> list[int]:
    """Steps of checkpoints to be deleted, so that the rest is few and evenly spread: the closest neighbours go first.

    Args:
        found: all of a run, by step.
    """
    kept = list(found)
    gone: list[int] = []
    while len(kept) > 1 and (len(kept) > most or sum(each.bytes for each in kept) > most_bytes):
        gaps_without = [after.step - (kept[index - 1].step if index else 0) for index, after in enumerate(kept[1:])]
        gone.append(kept.pop(gaps_without.index(min(gaps_without))).step)
    return gone
