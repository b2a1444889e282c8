"""What several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console

from normscope.core.phase import SweepSummary
from normscope.core.record import RunRecord
from normscope.errors import NormScopeError
from normscope.server.plain_words import field_errors
from normscope.settings import Settings
from normscope.storage import nudge
from normscope.storage.store import Store

M = TypeVar("M", bound=BaseModel)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def fail(message: str) -> typer.Exit:
    """Say what went wrong; raise what is returned."""
    errors.print(f"[red]error:[/red] {message}", markup=True, soft_wrap=True)
    return typer.Exit(1)


def settings(**overrides: Any) -> Settings:
    """Settings from the environment, with what the command line says instead; None leaves a setting as it is."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        found = field_errors(error.errors(), given)
        lines = [f"NORMSCOPE_{fault['path'].upper()}: {fault['message']}" for fault in found]
        raise fail("; ".join(lines)) from None


def check_folder(*files: Path | None) -> None:
    """Before anything is run or read: what comes out can be written there."""
    for file in files:
        if file is not None and not file.resolve().parent.is_dir():
            raise fail(f"expected a file in a folder that exists, got {file}")


def read_json(path: str, kind: type[M], what: str) -> M:
    """A file of JSON, or the standard input where ``path`` is ``-``; ``what`` names it where it is not as expected."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        return kind.model_validate_json(text)
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"cannot read {path}: {error}") from None
    except ValidationError as error:
        lines = (f"{fault['path']}: {fault['message']}".removeprefix(": ") for fault in field_errors(error.errors()))
        raise fail(f"this {what} cannot be run:\n  " + "\n  ".join(lines)) from None


@contextmanager
def opened(chosen: Settings) -> Iterator[Store]:
    """The store of ``chosen``; what goes wrong with it ends the command with a plain message."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(chosen.url, nudge=nudge.sender(chosen.data_dir), lease_seconds=chosen.lease_seconds)
    try:
        yield store
    except NormScopeError as error:
        raise fail(str(error)) from None
    finally:
        store.close()


def beginning(page: Callable[[float | None], Sequence[RunRecord | SweepSummary]], start: str) -> list[str]:
    """The ids that begin with ``start``. ``page``: the records before a ``created_at``, newest first."""
    before: float | None = None
    found: list[str] = []
    while records := page(before):
        found += [record.id for record in records if record.id.startswith(start)]
        before = records[-1].created_at
    return found


def find(store: Store, start: str) -> str:
    """The id of the only run whose id begins with ``start``."""
    if len(start) == 32:
        return store.get(start).id
    found = beginning(lambda before: store.list(limit=200, before=before), start)
    if len(found) == 1:
        return found[0]
    raise fail(f"expected the id of one run, or how it begins, got '{start}', which fits {len(found)} runs")
