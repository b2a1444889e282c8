"""``normscope serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normscope.cli.common import console, fail, opened, settings
from normscope.errors import StoreLocked
from normscope.server import log
from normscope.server.serve import PortInUse, address, listen, serve
from normscope.settings import Settings
from normscope.storage.lock import ServerLock


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
    workers: Annotated[int | None, typer.Option(help="Runs that may train at the same time.")] = None,
    public: Annotated[bool | None, typer.Option("--public/--private", help="Limits of a hosted demo.")] = None,
) -> None:
    """Serve the application and print its address. Options override NORMSCOPE_* variables."""
    chosen = settings(
        host=host, port=port, data_dir=data_dir, datasets_dir=datasets_dir, workers=workers, public=public
    )
    log.configure(chosen)
    try:
        ServerLock(chosen.data_dir).release()
        listener = listen(chosen)
    except StoreLocked as error:
        raise fail(str(error)) from None
    except PortInUse as error:
        raise fail(f"{error}; choose another with --port, or --port 0 for a free one") from None
    url = address(listener, chosen)
    try:
        serve(chosen, listener, lambda: _announce(url, chosen))
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
        _farewell(chosen)


def _announce(url: str, chosen: Settings) -> None:
    console.print(f"NormScope is at [bold]{url}[/bold]", soft_wrap=True)
    console.print(f"Data in {chosen.data_dir.resolve()}. Ctrl-C ends the server; runs go on.", soft_wrap=True)


def _farewell(chosen: Settings) -> None:
    """Runs live in processes of their own: say so."""
    with opened(chosen) as store:
        states = [state for _, state in store.unfinished()]
        waiting = states.count("queued")
        going = len(states) - waiting
    if going:
        runs = "1 run goes on" if going == 1 else f"{going} runs go on"
        console.print(f"{runs} training. `normscope stop --all` ends them; `normscope serve` shows them again.")
    if waiting:
        runs = "1 queued run starts" if waiting == 1 else f"{waiting} queued runs start"
        console.print(f"{runs} when the server does.")
