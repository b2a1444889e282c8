"""``normscope sweep``: train a grid of specs without a browser, in the same store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from normscope.cli.common import console, fail, opened, read_json, settings
from normscope.cli.sweep_display import Display, tables
from normscope.cli.watch import INTERRUPTED, follow_record
from normscope.core.device import cuda_at_hand
from normscope.core.phase import SweepRecord
from normscope.core.sweep import SweepSpec
from normscope.core.sweep_cost import check_devices, costed
from normscope.errors import SpecError
from normscope.server import log
from normscope.server.durations import Durations
from normscope.server.limits import cost_limits
from normscope.settings import Settings
from normscope.storage.store import Store


def command(
    sweep: Annotated[str, typer.Argument(help="File with the sweep as JSON; - reads it from the standard input.")],
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
) -> None:
    """Train a grid of runs and show a table of each arm. Ends with 0 when all finished, else 1, 130 after Ctrl-C."""
    wanted = read_json(sweep, SweepSpec, "sweep")
    chosen = settings(data_dir=data_dir, datasets_dir=datasets_dir)
    log.configure(chosen)
    with opened(chosen) as store:
        record = _launch(wanted, store, chosen)
        console.print(f"Sweep {record.id} in {chosen.data_dir.resolve()}", soft_wrap=True)
        following = follow_record(
            store,
            chosen,
            Display(record),
            read=lambda: store.sweep(record.id),
            over=lambda now: now.state not in ("queued", "running"),
            stop=lambda: store.stop_sweep(record.id),
        )
        ended, interrupted = asyncio.run(following)
        for table in tables(ended):
            console.print(table)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    bad = [cell for cell in ended.cells if cell.state != "finished"]
    if bad:
        why = next((cell.error for cell in bad if cell.error), f"the first one is {bad[0].state}")
        raise fail(f"{len(bad)} of {ended.count} cells did not finish: {why}")


def _launch(wanted: SweepSpec, store: Store, chosen: Settings) -> SweepRecord:
    try:
        found = costed(wanted, cost_limits(chosen), workers=chosen.workers, scale=Durations(store).scale())
        check_devices(found, cuda_at_hand())
    except SpecError as error:
        raise fail(f"this sweep cannot be run:\n  {error.path}: {error}") from None
    return store.create_sweep(wanted, [(cell, cost.seconds) for cell, cost in found])
