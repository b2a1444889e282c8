"""Follow a run from the terminal; be its server, where there is none."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

from rich.live import Live

from normscope.cli.common import console
from normscope.cli.display import Display
from normscope.core.record import ENDED, RunRecord
from normscope.errors import CommandRefused, StoreLocked
from normscope.execution.base import executor
from normscope.server.supervisor import Supervisor
from normscope.settings import Settings
from normscope.storage.lock import ServerLock
from normscope.storage.store import Store

LOOK_SECONDS = 0.1


async def watch(store: Store, chosen: Settings, record: RunRecord) -> tuple[RunRecord, bool]:
    """The record of the ended run, and whether Ctrl-C ended it. A second Ctrl-C gives up waiting."""
    interrupts = 0

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts == 1:
            with contextlib.suppress(CommandRefused):
                store.command(record.id, "stop")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    display = Display(record)
    async with supervised(store, chosen):
        with Live(display.render(), console=console, refresh_per_second=10, transient=True) as live:
            while record.state not in ENDED and interrupts < 2:
                await asyncio.sleep(LOOK_SECONDS)
                record = await asyncio.to_thread(store.get, record.id)
                display.show(record, stopping=interrupts > 0)
                live.update(display.render())
    return record, interrupts > 0


@contextlib.asynccontextmanager
async def supervised(store: Store, chosen: Settings) -> AsyncIterator[None]:
    """Supervise the runs of this data directory, unless a server does so already."""
    try:
        lock = ServerLock(chosen.data_dir)
    except StoreLocked:
        yield
        return
    with lock:
        task = asyncio.create_task(Supervisor(store, executor(chosen), chosen).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
