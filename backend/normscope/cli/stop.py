"""``normscope stop``."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from normscope.cli.common import console, fail, find, opened, settings
from normscope.core.record import ENDED
from normscope.execution.local import stop_all
from normscope.storage.store import Store

WAIT_SECONDS = 12.0


def command(
    run: Annotated[str, typer.Argument(help="Id of the run, or how it begins.", metavar="[ID]")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All runs, and the launcher of workers.")] = False,
) -> None:
    """Stop a run, or all of them, with or without a server."""
    if bool(run) == everything:
        raise fail("expected the id of a run, or --all")
    chosen = settings()
    with opened(chosen) as store:
        if everything:
            count = stop_all(chosen)
            console.print("Nothing was running." if not count else f"Stopped {count} run{'s' if count > 1 else ''}.")
            return
        found = find(store, run)
        store.command(found, "stop")
        console.print(f"Run {found[:8]} is {_await_end(store, found)}.")


def _await_end(store: Store, run: str) -> str:
    """The state in which the run ended, or the one it is in after a while."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (state := store.get(run).state) not in ENDED and time.monotonic() < deadline:
        time.sleep(0.05)
    return state
