"""``normscope export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from normscope.cli.common import beginning, check_folder, errors, find, opened, settings
from normscope.core.record import ENDED
from normscope.server.document import Desk, Kind, run_file, sweep_file
from normscope.settings import Settings
from normscope.storage.export import Format, export
from normscope.storage.script import script_of
from normscope.storage.store import Store

ENDINGS = {"script": "py", "report": "html", "replay": "html"}


def command(
    run: Annotated[
        str, typer.Argument(help="Id of the run, or how it begins; for a report also a sweep's.", metavar="ID")
    ],
    format: Annotated[
        Literal[Format, "script", Kind],
        typer.Option(
            help="Kind of file. script: plain PyTorch that repeats the run; report, replay: one HTML file that opens "
            "without a server, a document or the run's own pages."
        ),
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; - for the standard output.")
    ] = None,
) -> None:
    """Write every point of a run to a file, the run as a script, or as pages that open without a server."""
    chosen = settings()
    if output != Path("-"):
        check_folder(output)
    with opened(chosen) as store:
        sweep = _sweep(store, run) if format == "report" else None
        found = find(store, run) if sweep is None else sweep
        if sweep is not None:
            pieces = iter([sweep_file(_desk(store, chosen), sweep)])
        else:
            pieces = _run(store, found, format, chosen)
        if output == Path("-"):
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            return
        file = output or Path(f"normscope-{found[:8]}.{ENDINGS.get(format, format)}")
        with file.open("wb") as sink:
            for piece in pieces:
                sink.write(piece)
    errors.print(f"Wrote {file} ({file.stat().st_size:,} bytes).", soft_wrap=True)


def _run(store: Store, run_id: str, format: Literal[Format, "script", Kind], chosen: Settings) -> Iterator[bytes]:
    if format == "script":
        return iter([script_of(store, run_id).encode()])
    if format == "report" or format == "replay":
        record = store.get(run_id)
        if record.state not in ENDED:
            errors.print(f"The run is {record.state}: the file shows what it has measured until step {record.step:,}.")
        return iter([run_file(_desk(store, chosen), run_id, format)])
    return export(store, run_id, format)


def _sweep(store: Store, start: str) -> str | None:
    """The id of the only sweep whose id begins with ``start``."""
    found = beginning(lambda before: store.sweeps(limit=200, before=before), start)
    return found[0] if len(found) == 1 else None


def _desk(store: Store, chosen: Settings) -> Desk:
    return Desk.of(store, chosen.workers)
