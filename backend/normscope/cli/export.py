"""``normscope export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from normscope.cli.common import errors, find, opened, settings
from normscope.storage.export import Format, export
from normscope.storage.script import script_of


def command(
    run: Annotated[str, typer.Argument(help="Id of the run, or how it begins.", metavar="ID")],
    format: Annotated[
        Literal[Format, "script"], typer.Option(help="Kind of file; script: plain PyTorch that repeats the run.")
    ] = "csv",
    output: Annotated[Path | None, typer.Option(help="File to write; - for the standard output.")] = None,
) -> None:
    """Write every point of a run to a file, or the run as a script."""
    with opened(settings()) as store:
        found = find(store, run)
        pieces = iter([script_of(store, found).encode()]) if format == "script" else export(store, found, format)
        if output == Path("-"):
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            return
        file = output or Path(f"normscope-{found[:8]}.{'py' if format == 'script' else format}")
        with file.open("wb") as sink:
            for piece in pieces:
                sink.write(piece)
    errors.print(f"Wrote {file} ({file.stat().st_size:,} bytes).", soft_wrap=True)
