"""``normscope run``: train one spec without a browser, in the same store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from normscope.cli.common import console, fail, opened, read_json, settings
from normscope.cli.display import Display, summary, widened
from normscope.cli.watch import INTERRUPTED, follow_record
from normscope.core.check import faults
from normscope.core.cost import check_cost, estimate
from normscope.core.device import cuda_at_hand, device_faults
from normscope.core.presets import PRESETS, preset
from normscope.core.record import ENDED, RunRecord
from normscope.core.rewind import still_true
from normscope.core.spec import RunSpec
from normscope.errors import SpecError
from normscope.server import log
from normscope.server.durations import Durations
from normscope.server.limits import cost_limits
from normscope.settings import Settings
from normscope.storage.store import Store


def command(
    spec: Annotated[str, typer.Argument(help="File with the spec as JSON; - reads it from the standard input.")] = "",
    preset_id: Annotated[str, typer.Option("--preset", help="Id of a preset instead of a file.")] = "",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
) -> None:
    """Train a spec and show its progress. Ends with 0 when the run finished, 1 when it failed, 130 after Ctrl-C."""
    wanted = _wanted(spec, preset_id)
    chosen = settings(data_dir=data_dir, datasets_dir=datasets_dir)
    log.configure(chosen)
    with opened(chosen) as store:
        record = _launch(wanted, store, chosen)
        console.print(f"Run {record.id} in {chosen.data_dir.resolve()}", soft_wrap=True)
        following = follow_record(
            store,
            chosen,
            Display(record),
            read=lambda: store.get(record.id),
            over=lambda now: now.state in ENDED,
            stop=lambda: store.command(record.id, "stop"),
        )
        ended, interrupted = asyncio.run(following)
        console.print(summary(ended))
        for line in widened(still_true(store.events(ended.id, epoch=store.head(ended.id).epoch))):
            console.print(line, soft_wrap=True)
    if ended.error:
        raise fail(ended.error)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if ended.state == "finished" else 1)


def _wanted(spec: str, preset_id: str) -> RunSpec:
    """The spec of the file, the standard input or the preset."""
    if bool(spec) == bool(preset_id):
        raise fail("expected a file with a spec, or --preset ID")
    if preset_id:
        found = preset(preset_id)
        if found is None:
            raise fail(f"expected one of {', '.join(p.id for p in PRESETS)}, got '{preset_id}'")
        return found.spec
    return read_json(spec, RunSpec, "spec")


def _launch(wanted: RunSpec, store: Store, chosen: Settings) -> RunRecord:
    cost = estimate(wanted, scale=Durations(store).scale())
    found = [*faults(wanted), *device_faults(wanted, cuda_at_hand())]
    if found:
        raise fail("this spec cannot be run:\n  " + "\n  ".join(f"{fault.path}: {fault}" for fault in found))
    try:
        check_cost(cost, cost_limits(chosen))
    except SpecError as error:
        raise fail(f"{error.path}: {error}") from None
    return store.create(wanted, estimated_seconds=cost.seconds)
