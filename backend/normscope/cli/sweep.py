"""``normscope sweep``: train a grid of specs without a browser, in the same store."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.live import Live

from normscope.cli.common import console, fail, opened, settings
from normscope.cli.sweep_display import Display, tables
from normscope.cli.watch import LOOK_SECONDS, supervised
from normscope.core.device import cuda_at_hand
from normscope.core.phase import SweepRecord
from normscope.core.sweep import SweepSpec
from normscope.core.sweep_cost import check_devices, costed
from normscope.errors import CommandRefused, SpecError
from normscope.server import log
from normscope.server.durations import Durations
from normscope.server.limits import cost_limits
from normscope.server.plain_words import field_errors
from normscope.settings import Settings
from normscope.storage.store import Store

INTERRUPTED = 130


def command(
    sweep: Annotated[str, typer.Argument(help="File with the sweep as JSON; - reads it from the standard input.")],
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
) -> None:
    """Train a grid of runs and show a table of each arm. Ends with 0 when all finished, else 1, 130 after Ctrl-C."""
    wanted = _wanted(sweep)
    chosen = settings(data_dir=data_dir, datasets_dir=datasets_dir)
    log.configure(chosen)
    with opened(chosen) as store:
        record = _launch(wanted, store, chosen)
        console.print(f"Sweep {record.id} in {chosen.data_dir.resolve()}", soft_wrap=True)
        ended, interrupted = asyncio.run(_watch(store, chosen, record))
        for table in tables(ended):
            console.print(table)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    bad = [cell for cell in ended.cells if cell.state != "finished"]
    if bad:
        why = next((cell.error for cell in bad if cell.error), f"the first one is {bad[0].state}")
        raise fail(f"{len(bad)} of {ended.count} cells did not finish: {why}")


def _wanted(path: str) -> SweepSpec:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        return SweepSpec.model_validate_json(text)
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"cannot read {path}: {error}") from None
    except ValidationError as error:
        lines = (f"{fault['path']}: {fault['message']}".removeprefix(": ") for fault in field_errors(error.errors()))
        raise fail("this sweep cannot be run:\n  " + "\n  ".join(lines)) from None


def _launch(wanted: SweepSpec, store: Store, chosen: Settings) -> SweepRecord:
    try:
        found = costed(wanted, cost_limits(chosen), workers=chosen.workers, scale=Durations(store).scale())
        check_devices(found, cuda_at_hand())
    except SpecError as error:
        raise fail(f"this sweep cannot be run:\n  {error.path}: {error}") from None
    return store.create_sweep(wanted, [(cell, cost.seconds) for cell, cost in found])


async def _watch(store: Store, chosen: Settings, record: SweepRecord) -> tuple[SweepRecord, bool]:
    """The record of the ended sweep, and whether Ctrl-C ended it. A second Ctrl-C gives up waiting."""
    interrupts = 0

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts == 1:
            with contextlib.suppress(CommandRefused):
                store.stop_sweep(record.id)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    display = Display(record)
    async with supervised(store, chosen):
        with Live(display.render(), console=console, refresh_per_second=10, transient=True) as live:
            while record.state in ("queued", "running") and interrupts < 2:
                await asyncio.sleep(LOOK_SECONDS)
                record = await asyncio.to_thread(store.sweep, record.id)
                display.show(record, stopping=interrupts > 0)
                live.update(display.render())
    return record, interrupts > 0
